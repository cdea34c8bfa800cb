import type { Job } from '../model/job.ts';
import type { RetentionPolicy } from '../model/policy.ts';
import type { Run, SkipRange } from '../model/run.ts';
import { isTerminal } from '../model/run-state.ts';
import type { Store } from '../ports/store.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import type { LedgerRow } from './compare-ledger.ts';
import { KeptEnds } from './kept-ends.ts';

const PAGE = 1000;

export interface ReadLedger {
  /** Scheduled runs, ascending by `fireAt`. */
  readonly rows: readonly LedgerRow[];
  readonly ranges: readonly SkipRange[];
  /** From this end on no finished run is missing: 0 = all are there, `null` = none is. */
  readonly wholeFrom: Instant | null;
}

/**
 * The rows of a job for an audit from `sinceAt` on. Pages come with the last end first, so
 * that reading stops as soon as nothing older can matter. The job must have been read before.
 */
export async function readLedger(
  store: Pick<Store, 'listRuns' | 'listSkips'>,
  job: Job,
  bounds: {
    readonly sinceAt: Instant;
    readonly aheadMs: DurationMs;
    /** All that the job has had. */
    readonly policies: readonly RetentionPolicy[];
  },
): Promise<ReadLedger> {
  const seen = new Map<string, LedgerRow>();
  const enoughAt = bounds.sinceAt - bounds.aheadMs;
  const ends = new KeptEnds(job, bounds.policies);
  for (let after: string | null = null; ; ) {
    const page = await store.listRuns({ jobId: job.id }, { after, limit: PAGE });
    for (const run of page.runs) {
      if (isTerminal(run.state)) ends.add(run);
      if (isPlanned(run, job)) seen.set(run.id, rowOf(run));
    }
    after = page.next;
    if (after === null || ends.reaches(enoughAt)) break;
  }
  const ranges = await allSkips(store, job);
  const rangedCount = ranges.reduce((sum, range) => sum + range.count, 0);
  const rows = [...seen.values()].sort((a, b) => a.fireAt - b.fireAt);
  return { rows, ranges, wholeFrom: ends.wholeFrom(rangedCount) };
}

function isPlanned(run: Run, job: Job): boolean {
  return run.origin === 'schedule' && run.fireAt <= job.cursorAt;
}

function rowOf({ id, fireAt, jobRevision }: Run): LedgerRow {
  return { id, fireAt, jobRevision };
}

async function allSkips(store: Pick<Store, 'listSkips'>, job: Job): Promise<SkipRange[]> {
  const all: SkipRange[] = [];
  for (let fromAt = 0; ; ) {
    const page = await store.listSkips(job.id, fromAt, job.cursorAt, PAGE);
    all.push(...page);
    if (page.length < PAGE) return all;
    fromAt = (page.at(-1)?.toAt ?? job.cursorAt) + 1;
  }
}

import { calendarSource } from '../../../tickwork/src/core/calendar/calendar-source.ts';
import type { Run, SkipRange } from '../../../tickwork/src/core/model/run.ts';
import { isTerminal } from '../../../tickwork/src/core/model/run-state.ts';
import { walk } from '../../../tickwork/src/core/planner/walk.ts';
import type { Store } from '../../../tickwork/src/core/ports/store.ts';
import type { Instant } from '../../../tickwork/src/core/time/instant.ts';
import type { ZoneTable } from '../../../tickwork/src/core/time/zone-table.ts';
import { advanceMemory } from '../../../tickwork/src/core/trigger/advance-memory.ts';
import { compileTrigger } from '../../../tickwork/src/core/trigger/compile-trigger.ts';
import type { JobRecord } from './job-record.ts';

const INSTANTS_MAX = 1_000_000;
const PAGE = 1000;

export interface FateFacts {
  readonly store: Store;
  readonly zones: ZoneTable;
  readonly now: Instant;
  /** What is due up to here must have been decided by now. */
  readonly settledAt: Instant;
}

/**
 * What is wrong with the ledger of one job: instants of its trigger without a row or with
 * two, rows and ranges without an instant, and runs that are overdue. Empty = every due
 * instant has exactly one fate. Triggers that count from ends of runs are not walked.
 */
export async function fateProblems(record: JobRecord, facts: FateFacts): Promise<string[]> {
  const { store } = facts;
  if (record.jobId === null || usesEnds(record)) return [];
  const runs = (await allRuns(store, record.jobId)).filter((run) => run.origin === 'schedule');
  const skips = await store.listSkips(record.jobId, 0, Number.MAX_SAFE_INTEGER, INSTANTS_MAX);
  const [job] = await store.findJobs([record.name]);
  const cursorAt = job?.id === record.jobId ? job.cursorAt : facts.now;
  const due = dueInstants(record, facts, Math.max(cursorAt, facts.settledAt));
  return [
    ...rowProblems(due, runs),
    ...rangeProblems(due, runs, skips),
    ...overdueProblems(runs, facts),
  ].map((problem) => `${record.name}: ${problem}`);
}

function usesEnds(record: JobRecord): boolean {
  return record.spans.some(({ definition: { trigger } }) => {
    const kinds = trigger.kind === 'any' ? trigger.of.map((each) => each.kind) : [trigger.kind];
    return kinds.includes('fixed-delay');
  });
}

export async function allRuns(store: Store, jobId?: number): Promise<Run[]> {
  const runs: Run[] = [];
  for (let after: string | null = null; ; ) {
    const filter = jobId === undefined ? {} : { jobId };
    const page = await store.listRuns(filter, { after, limit: PAGE });
    runs.push(...page.runs);
    after = page.next;
    if (after === null) return runs;
  }
}

/** Every instant of the job's life up to `until`, by its triggers alone. */
function dueInstants(record: JobRecord, facts: FateFacts, until: Instant): Set<Instant> {
  const due = new Set<Instant>();
  for (const { definition, memory, afterAt, untilAt } of record.spans) {
    const env = { zones: facts.zones, calendars: calendarSource({}), jobName: record.name };
    const trigger = compileTrigger(definition.trigger, env);
    const found = walk(
      trigger,
      (each, fireAt) => advanceMemory(trigger, each, fireAt),
      { after: afterAt, memory },
      { until: untilAt ?? until, limit: INSTANTS_MAX },
    );
    for (const at of found.instants) due.add(at);
  }
  return due;
}

function rowProblems(due: ReadonlySet<Instant>, runs: readonly Run[]): string[] {
  const problems: string[] = [];
  const seen = new Set<Instant>();
  for (const { fireAt } of runs) {
    if (seen.has(fireAt)) problems.push(`two rows for ${show(fireAt)}`);
    if (!due.has(fireAt)) problems.push(`a row for ${show(fireAt)}, which was not due`);
    seen.add(fireAt);
  }
  return problems;
}

function rangeProblems(
  due: ReadonlySet<Instant>,
  runs: readonly Run[],
  skips: readonly SkipRange[],
): string[] {
  const problems: string[] = [];
  const rows = new Set(runs.map((run) => run.fireAt));
  const open = new Set([...due].filter((at) => !rows.has(at)));
  for (const { fromAt, toAt, count, reason } of skips) {
    const inside = [...due].filter((at) => at >= fromAt && at <= toAt);
    const words = `the range ${show(fromAt)} to ${show(toAt)} (${reason})`;
    if (inside.length !== count) problems.push(`${words} counts ${count} of ${inside.length}`);
    for (const at of inside) {
      if (!open.delete(at)) problems.push(`${words} covers ${show(at)}, which has a fate already`);
    }
  }
  for (const at of open) problems.push(`${show(at)} has neither row nor range`);
  return problems;
}

function overdueProblems(runs: readonly Run[], facts: FateFacts): string[] {
  return runs
    .filter(({ state }) => !isTerminal(state) && state !== 'RUNNING')
    .filter(({ waiting, limitKey }) => !waiting && limitKey === null)
    .filter((run) => run.dueAt < facts.settledAt)
    .map((run) => `${show(run.fireAt)} is still ${run.state}, due at ${show(run.dueAt)}`);
}

function show(at: Instant): string {
  return new Date(at).toISOString();
}

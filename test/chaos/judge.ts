import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { createScheduler } from '../../packages/tickwork/src/index.ts';
import { createSqliteStore } from '../../packages/tickwork/src/stores/sqlite/index.ts';
import { checkHistory } from '../../packages/verify/src/checker/check-history.ts';
import { type FinalState, historyOf, readFinalState, SETTLE_MS } from './history-of.ts';
import { takeovers } from './recovery.ts';
import type { Site } from './site.ts';
import { type LineOf, linesOf, type WitnessLine } from './witness.ts';

export interface Verdict {
  /** Attempts that were seen to start. */
  readonly startCount: number;
  /** Instants that were certainly due, by an independent computation; 0 = not computed. */
  readonly dueCount: number;
  /** Instants that `audit` compared. */
  readonly auditedCount: number;
  readonly requestCount: number;
  readonly takeoverCount: number;
  readonly fencedOverlapCount: number;
  readonly refusedCount: number;
  /** Starts later than the machine's faults explain: told, as a busy machine is late too. */
  readonly lateCount: number;
  /** Milliseconds from the end of a process to the next attempt of each run it had. */
  readonly recoveryMs: readonly number[];
  /** Milliseconds from SIGSTOP to the next attempt of each run that was taken over. */
  readonly stopRecoveryMs: readonly number[];
  /** Processes that ended themselves, by failpoint. */
  readonly failpoints: Readonly<Record<string, number>>;
  /** Everything that must not be; empty = passed. */
  readonly failures: readonly string[];
}

const FAILURES_MAX = 50;

/** Waits until all that was due before now has ended. */
export async function settle(site: Site): Promise<void> {
  const store = await createSqliteStore({ path: site.path });
  const now = await store.readClock();
  const live = { states: ['PENDING', 'RETRY', 'RUNNING'] as const };
  await site.until('everything due has ended', async () => {
    const { runs } = await store.listRuns(live, { after: null, limit: 1000 });
    return runs.every((run) => run.fireAt > now);
  });
  await store.close();
  await sleep(SETTLE_MS + 200);
}

/**
 * Judges what is left of an episode after its processes have ended. `checked`: also by the
 * history checker, which needs a clock of truth; where the clock itself was set, the audit and
 * the witness decide.
 */
export async function judge(
  site: Site,
  endAt: number,
  options: { readonly checked: boolean } = { checked: true },
): Promise<Verdict> {
  const store = await createSqliteStore({ path: site.path });
  const scheduler = await createScheduler({ store, logger: { log: () => {} } });
  const lines = site.lines();
  const state = await readFinalState(store);
  const since = (site.declared?.invokeAt ?? site.beganAt) - 60_000;
  const audit = await scheduler.audit({ since });
  const findings = audit.jobs.flatMap((job) =>
    job.findings.map(({ message }) => `audit of ${job.jobName}: ${message}`),
  );
  const check = options.checked
    ? checkHistory(await historyOf(site, store, state, endAt))
    : { violations: [], mustCount: 0, fencedOverlapCount: 0 };
  await scheduler.close();
  const violations = check.violations.map(({ verdict, text }) => ({ verdict, text }));
  const starts = linesOf(lines, 'start');
  const failures = [
    ...site.failures,
    ...findings,
    ...violations.filter(({ verdict }) => verdict !== 'late').map((v) => `${v.verdict}: ${v.text}`),
    ...doubledStarts(starts),
    ...strangeStarts(starts, state),
    ...staleResults(state),
    ...lostRequests(site, state),
    ...damage(site),
    ...(starts.length === 0 ? ['nothing was started'] : []),
  ];
  site.hasFailed = failures.length > 0;
  const { recoveryMs, stopRecoveryMs, takeoverCount } = takeovers(site, lines);
  return {
    startCount: starts.length,
    dueCount: check.mustCount,
    auditedCount: audit.expectedCount,
    requestCount: site.acknowledged.length,
    fencedOverlapCount: check.fencedOverlapCount,
    refusedCount: linesOf(lines, 'ack').filter(({ accepted }) => !accepted).length,
    lateCount: violations.filter(({ verdict }) => verdict === 'late').length,
    ...{ takeoverCount, recoveryMs, stopRecoveryMs, failpoints: site.failpoints },
    failures: failures.slice(0, FAILURES_MAX),
  };
}

/** One attempt and one fence begin once, whatever the system says of itself. */
function doubledStarts(starts: readonly LineOf<'start'>[]): string[] {
  const seen = new Set<string>();
  const failures: string[] = [];
  for (const { runId, attempt, fence, pid } of starts) {
    for (const key of [`attempt ${attempt} of ${runId}`, `fence ${fence} of ${runId}`]) {
      if (seen.has(key)) failures.push(`${key} began twice, the second time in process ${pid}`);
      seen.add(key);
    }
  }
  return failures;
}

/** Whatever was seen to start was started by the store. */
function strangeStarts(starts: readonly LineOf<'start'>[], { attempts }: FinalState): string[] {
  const known = new Set(
    attempts.map(({ runId, attempt, fence }) => `${runId} ${attempt} ${fence}`),
  );
  return starts
    .filter(({ runId, attempt, fence }) => !known.has(`${runId} ${attempt} ${fence}`))
    .map(({ runId, attempt }) => `attempt ${attempt} of ${runId} began, and the store has none`);
}

/** A success is the result of the attempt with the highest fence. */
function staleResults({ runs, attempts }: FinalState): string[] {
  const highest = new Map<string, number>();
  for (const { runId, fence } of attempts) {
    highest.set(runId, Math.max(fence, highest.get(runId) ?? 0));
  }
  return runs.flatMap((run) => {
    if (run.state !== 'SUCCESS') return [];
    const { fence } = run.result as { fence: number };
    if (fence === highest.get(run.id) && fence === run.fence) return [];
    return [`run ${run.id} has the result of fence ${fence}, but fence ${run.fence} was issued`];
  });
}

/** What was acknowledged is there and has ended. */
function lostRequests(site: Site, { runs }: FinalState): string[] {
  const stateOf = new Map(runs.map((run) => [run.id, run.state]));
  return site.acknowledged.flatMap((runId) => {
    const found = stateOf.get(runId);
    if (found === undefined) return [`request ${runId} was acknowledged and is not there`];
    return found === 'SUCCESS' || found === 'FAILED' ? [] : [`request ${runId} is ${found}`];
  });
}

function damage(site: Site): string[] {
  const raw = new DatabaseSync(site.path);
  const found = raw.prepare('PRAGMA integrity_check').get()?.integrity_check;
  raw.close();
  return found === 'ok' ? [] : [`integrity_check says ${String(found)}`];
}

/** Errors of loops that a fault does not explain. */
export function unexpectedErrors(
  lines: readonly WitnessLine[],
  expected: readonly string[],
): string[] {
  return linesOf(lines, 'error')
    .filter(({ code }) => !expected.includes(code))
    .map(({ code, message }) => `unexpected ${code}: ${message}`);
}

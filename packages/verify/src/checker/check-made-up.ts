import type { RunDump } from '../history/history.ts';
import { definitionOf } from './definition-of.ts';
import type { CheckedJob } from './expected.ts';
import type { Join, Ledger } from './ledger.ts';
import { showInstant, type VerdictName, type Violation } from './violation.ts';

/** A start-up that is cut off from the store is told as soon as it is not, faults and all. */
const TOLD_AFTER_MS = 15 * 60_000;
/** Nodes learn of new and changed jobs within this, faults and all. */
const KNOWN_AFTER_MS = 180_000;

/**
 * Runs that no instant of the trigger asks for by itself: those that make up for the past,
 * those that a failure asks for, and those of start-ups.
 */
export function checkMadeUp(ledger: Ledger, jobs: readonly CheckedJob[]): Violation[] {
  if (!ledger.dumped) return [];
  return jobs.flatMap((job) => [
    ...job.record.rows.flatMap((row) => madeUpWrongly(job, row, ledger)),
    ...lostBackfills(job, ledger),
    ...missedStartups(job, ledger),
  ]);
}

function madeUpWrongly(job: CheckedJob, row: RunDump, ledger: Ledger): Violation[] {
  switch (row.origin) {
    case 'backfill':
      return wrongBackfill(job, row, ledger);
    case 'failure':
      return wrongRetry(job, row, ledger);
    case 'startup':
      return wrongStartup(job, row, ledger);
    default:
      return [];
  }
}

function wrongBackfill(job: CheckedJob, row: RunDump, ledger: Ledger): Violation[] {
  const { expected, mustSet } = job;
  const due = mustSet.has(row.fireAt) || expected.may.has(row.fireAt);
  // Before it was created, a job is taken to have had its first definition.
  const createdAt = job.timeline.windows[0]?.toAt ?? Number.POSITIVE_INFINITY;
  if (expected.known && row.fireAt > createdAt && !due && !expected.paused.includes(row.fireAt)) {
    return [violationOf('extra', job, row, 'makes up for no instant of the job')];
  }
  const former = job.record.rows.find(
    (each) => each.origin === 'schedule' && each.fireAt === row.fireAt,
  );
  const ran = former !== undefined && former.state !== 'SKIPPED' && former.state !== 'CANCELLED';
  // The instant's own run may have been planned between the question and the answer.
  const { horizonMs, epsilonMs } = ledger.limits;
  if (!ran || row.createdAt - row.fireAt <= horizonMs + epsilonMs) return [];
  return [violationOf('doubled-fire', job, row, `makes up for run ${former.id}, which was run`)];
}

function wrongRetry(job: CheckedJob, row: RunDump, ledger: Ledger): Violation[] {
  const parent = row.parentId === null ? undefined : ledger.rows.get(row.parentId);
  if (parent === undefined) return [];
  if (parent.state !== 'FAILED') {
    return [violationOf('retry-fault', job, row, `follows a run that is ${parent.state}`)];
  }
  const afterMs = definitionOf(parent.id, ledger)?.policies.onFailure?.retryAfterMs ?? null;
  if (afterMs === null || parent.endedAt === null) return [];
  if (row.fireAt >= parent.endedAt + afterMs) return [];
  return [violationOf('retry-fault', job, row, `comes sooner than ${afterMs} ms after a failure`)];
}

function wrongStartup(job: CheckedJob, row: RunDump, ledger: Ledger): Violation[] {
  const join = ledger.joins.find((each) => row.id.endsWith(`-s-${each.inc}`));
  if (join === undefined) return [violationOf('extra', job, row, 'belongs to no start of a node')];
  const trigger = job.record.definitions.get(row.jobRevision ?? 0)?.trigger;
  if (trigger?.kind !== 'startup' || trigger.scope === 'node' || join.first) return [];
  return [violationOf('extra', job, row, 'belongs to a start while other nodes were up')];
}

/** What the answer to a backfill named must be there. */
function lostBackfills(job: CheckedJob, ledger: Ledger): Violation[] {
  const named = job.record.operations.flatMap((each) =>
    each.runIds.map((id) => [id, each] as const),
  );
  return named.flatMap(([runId, { okAt }]) => {
    if (ledger.rows.has(runId) || ledger.attemptsByRun.has(runId)) return [];
    if (ledger.clock.at(okAt) < job.retainedFrom) return [];
    const { sched } = job.record;
    const text = `job ${sched}: run ${runId} was promised ${showInstant(okAt)} and is not there`;
    return [{ verdict: 'missed', text, sched, runId, facts: { okAt } }];
  });
}

/** Each first life of a process runs the job once, while that is in force. */
function missedStartups(job: CheckedJob, ledger: Ledger): Violation[] {
  const violations: Violation[] = [];
  for (const phase of job.timeline.phases) {
    const { trigger } = phase.definition;
    if (trigger.kind !== 'startup' || phase.state !== 'active') continue;
    for (const join of ledger.joins) {
      if (trigger.scope === 'cluster' && !join.first) continue;
      const at = ledger.clock.at(join.t);
      if (at < phase.fromAt + KNOWN_AFTER_MS || at + TOLD_AFTER_MS > phase.toAt) continue;
      if (at < job.retainedFrom || !livedOn(join, ledger)) continue;
      const found = job.record.rows.some((row) => row.id.endsWith(`-s-${join.inc}`));
      if (found) continue;
      const { sched } = job.record;
      const text = `job ${sched}: ${join.inc} joined ${showInstant(join.t)}, and no run followed`;
      const facts = { joinedAt: join.t };
      violations.push({ verdict: 'missed', text, sched, runId: null, facts });
    }
  }
  return violations;
}

function livedOn({ inc, t }: Join, ledger: Ledger): boolean {
  const ends = [ledger.crashedAt.get(inc), ledger.leftAt.get(inc), ledger.reaped.get(inc)?.t];
  return [...ends, ledger.endAt].every((at) => at === undefined || at > t + TOLD_AFTER_MS);
}

function violationOf(verdict: VerdictName, job: CheckedJob, row: RunDump, why: string): Violation {
  const { sched } = job.record;
  return {
    verdict,
    text: `job ${sched}: run ${row.id} (${showInstant(row.fireAt)}) ${why}`,
    sched,
    runId: row.id,
    facts: { origin: row.origin, state: row.state, parentId: row.parentId },
  };
}

import type { RunDump } from '../history/history.ts';
import { isKnown, scheduleInstants } from '../oracle/schedule-oracle.ts';
import { type Availability, recoveryMs } from './availability.ts';
import { definitionOf } from './definition-of.ts';
import type { CheckedJob } from './expected.ts';
import type { AttemptRecord, Ledger } from './ledger.ts';
import { slotKeysOf } from './limit-groups.ts';
import { showInstant, type Violation } from './violation.ts';

const YEAR_MS = 366 * 86_400_000;

/**
 * stuck: after everything has healed and settled, a run that ought to have ended is live,
 * or an active job has no next instant although its trigger has one.
 */
export function checkStuck(
  ledger: Ledger,
  jobs: readonly CheckedJob[],
  availability: Availability,
): Violation[] {
  const overtime = ledger.attempts.flatMap((each) => overtimeOf(each, ledger, availability));
  if (!ledger.dumped) return overtime;
  const now = ledger.clock.at(ledger.endAt);
  const bound = recoveryMs(ledger);
  const violations: Violation[] = overtime;
  for (const row of ledger.rows.values()) {
    const why = stuckBecause(row, now, bound, ledger);
    if (row.state !== 'RUNNING' && isHeldUp(row, ledger, availability)) continue;
    if (why === null) continue;
    violations.push({
      verdict: 'stuck',
      text: `run ${row.id} is ${row.state} at the end: ${why}`,
      sched: row.jobName,
      runId: row.id,
      facts: { state: row.state, dueAt: row.dueAt, nodeId: row.nodeId, attempt: row.attempt },
    });
  }
  for (const job of jobs) violations.push(...stuckJob(job, now, bound));
  return violations;
}

/** A task that works beyond its timeout and is not told to stop. */
function overtimeOf(attempt: AttemptRecord, ledger: Ledger, held: Availability): Violation[] {
  const timeoutMs = definitionOf(attempt.runId, ledger)?.policies.timeoutMs ?? null;
  if (timeoutMs === null) return [];
  const toldAt = Math.min(attempt.signalledAt ?? attempt.endAt, attempt.endAt, ledger.endAt);
  const overMs = toldAt - attempt.startAt - timeoutMs - ledger.limits.epsilonMs;
  if (overMs <= 0 || overMs <= held.heldMs(attempt.startAt, toldAt)) return [];
  return [
    {
      verdict: 'stuck',
      text:
        `attempt ${attempt.attempt} of run ${attempt.runId} went on for ` +
        `${Math.round(toldAt - attempt.startAt)} ms with a timeout of ${timeoutMs} ms`,
      sched: attempt.sched,
      runId: attempt.runId,
      facts: { startAt: attempt.startAt, toldAt, timeoutMs },
    },
  ];
}

function stuckBecause(row: RunDump, now: number, bound: number, ledger: Ledger): string | null {
  switch (row.state) {
    case 'RUNNING':
      return stuckRunning(row, now, bound, ledger);
    case 'PENDING':
      if (row.dueAt + bound >= now || row.waiting || othersLive(row, ledger)) return null;
      if (row.limitKey !== null && roomIsTaken(row, ledger)) return null;
      return `it was due ${showInstant(row.dueAt)}`;
    case 'RETRY':
      if (row.dueAt + bound >= now) return null;
      if (row.limitKey !== null && roomIsTaken(row, ledger)) return null;
      return `its next attempt was due ${showInstant(row.dueAt)}`;
    default:
      return null;
  }
}

/** Faults explain that it has not begun: a call may still hang as the watch ends. */
function isHeldUp(row: RunDump, ledger: Ledger, availability: Availability): boolean {
  const dueAt = ledger.clock.truthOf(row.dueAt);
  const held = availability.heldMs(dueAt, ledger.endAt);
  return ledger.endAt - dueAt - held <= ledger.limits.epsilonMs;
}

function stuckRunning(row: RunDump, now: number, bound: number, ledger: Ledger): string | null {
  const inc = row.nodeId ?? '';
  const goneAt = ledger.crashedAt.get(inc) ?? ledger.leftAt.get(inc) ?? ledger.reaped.get(inc)?.t;
  if (goneAt !== undefined && goneAt + bound < ledger.endAt) {
    return `its node ${inc} has been gone since ${showInstant(goneAt)}`;
  }
  const policies = definitionOf(row.id, ledger)?.policies;
  if (policies === undefined || policies.timeoutMs === null || row.startedAt === null) return null;
  const limit = policies.timeoutMs + policies.cancelGraceMs + bound;
  return now - row.startedAt > limit && ranFor(row, now, ledger) > limit
    ? `its timeout is over`
    : null;
}

/** The answer to a start may take its time: a timeout counts from when the task began. */
function ranFor(row: RunDump, now: number, ledger: Ledger): number {
  const begun = ledger.attempts.find(
    (each) => each.runId === row.id && each.attempt === row.attempt,
  );
  return begun === undefined ? now - (row.startedAt ?? now) : ledger.endAt - begun.startAt;
}

/** Some run that shares a limit with it is running. */
function roomIsTaken(row: RunDump, ledger: Ledger): boolean {
  const keys = slotKeysOf(row.id, ledger).map((each) => each.key);
  for (const each of ledger.rows.values()) {
    if (each.state !== 'RUNNING') continue;
    if (slotKeysOf(each.id, ledger).some(({ key }) => keys.includes(key))) return true;
  }
  return false;
}

/** A pending run may wait for others of its job that are live. */
function othersLive(row: RunDump, ledger: Ledger): boolean {
  if (definitionOf(row.id, ledger)?.policies.overlap.mode === 'allow') return false;
  const rows = ledger.jobOf.get(row.id)?.rows ?? [];
  return rows.some((each) => each.state === 'RUNNING' || each.state === 'RETRY');
}

function stuckJob(job: CheckedJob, now: number, bound: number): Violation[] {
  const { dump } = job.record;
  const last = job.timeline.phases.at(-1);
  if (dump === null || dump.status !== 'active' || last === undefined || last.state !== 'active')
    return [];
  const { trigger } = last.definition;
  if (!isKnown(trigger)) return [];
  let why: string | null = null;
  if (dump.nextFireAt !== null && dump.nextFireAt < now - bound) {
    why = `its next instant stands at ${showInstant(dump.nextFireAt)}`;
  }
  if (dump.nextFireAt === null) {
    const next = scheduleInstants(trigger, last, Math.max(now, dump.cursorAt), now + YEAR_MS)?.[0];
    if (next !== undefined) why = `it has no next instant, but ${showInstant(next)} is one`;
  }
  if (why === null) return [];
  const facts = { nextFireAt: dump.nextFireAt, cursorAt: dump.cursorAt };
  return [
    { verdict: 'stuck', text: `job ${dump.name}: ${why}`, sched: dump.name, runId: null, facts },
  ];
}

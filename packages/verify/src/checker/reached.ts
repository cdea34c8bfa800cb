import type { RunDump } from '../history/history.ts';
import { oracleZone } from '../oracle/cron-oracle.ts';
import type { CheckedJob } from './expected.ts';
import type { AttemptRecord, Ledger, Operation } from './ledger.ts';
import { rateKeyOf, slotKeysOf } from './limit-groups.ts';
import { pausedItself } from './paused-by.ts';

/**
 * Situations that a campaign must have gone through, or its clean result proves little.
 * Each counts how often a history went through it.
 */
export const situations = [
  'takeover',
  'fenced-write-rejected',
  'unknown-commit-resolved',
  'fenced-overlap',
  'catch-up',
  'coalesced',
  'misfire-skip',
  'overlap-skip',
  'overlap-queue',
  'overlap-cancel',
  'limit-skip',
  'paused-skip',
  'superseded-skip',
  'retry',
  'timeout',
  'cancel',
  'manual-run',
  'poison',
  'node-lost-fail',
  'dst-gap',
  'dst-overlap',
  'clock-back',
  'clock-forward',
  'store-down',
  'pruned',
  'limit-wait',
  'too-late-skip',
  'backoff-skip',
  'check-skip',
  'retry-after-failure',
  'paused-by-failures',
  'backfill-run',
  'startup-run',
  'skip-by-hand',
  'pause-by-tag',
  'resume-latest',
  'resume-all',
] as const;

export type Situation = (typeof situations)[number];

const HOUR = 3_600_000;

export function countReached(
  ledger: Ledger,
  jobs: readonly CheckedJob[],
  fencedOverlaps: number,
): Record<Situation, number> {
  const reached = Object.fromEntries(situations.map((name) => [name, 0])) as Record<
    Situation,
    number
  >;
  reached['fenced-overlap'] = fencedOverlaps;
  for (const row of ledger.rows.values()) countRow(row, reached);
  for (const job of jobs) {
    for (const range of job.record.skips) countSkip(range.reason, reached);
    countClockChanges(job, reached);
    const definitions = [...job.record.definitions.values()];
    if (pausedItself(job.record, definitions, Number.POSITIVE_INFINITY)) {
      reached['paused-by-failures'] += 1;
    }
  }
  for (const operation of ledger.operations) countOperation(operation, reached);
  reached['limit-wait'] = ledger.attempts.filter((each) => waitedForRoom(each, ledger)).length;
  for (const [runId, attempts] of ledger.attemptsByRun) {
    if (!ledger.rows.has(runId)) reached.pruned += 1;
    reached.takeover += takeovers(attempts, ledger);
  }
  for (const commits of ledger.commits.values()) {
    if (commits.some((each) => !each.accepted)) reached['fenced-write-rejected'] += 1;
    const tokens = commits.filter((each) => each.accepted && each.what === 'completion');
    if (new Set(tokens.map((each) => each.token)).size < tokens.length) {
      reached['unknown-commit-resolved'] += 1;
    }
  }
  for (const fault of ledger.faults) {
    if (fault.kind === 'store-down') reached['store-down'] += 1;
    if (fault.kind === 'clock-back' || fault.kind === 'clock-forward') reached[fault.kind] += 1;
  }
  return reached;
}

/** Attempts that followed on another node after one whose node was lost. */
function takeovers(attempts: readonly AttemptRecord[], ledger: Ledger): number {
  return attempts.filter((later, i) => {
    const earlier = attempts[i - 1];
    if (earlier === undefined || earlier.inc === later.inc) return false;
    return earlier.endedBy !== 'itself' || ledger.reaped.has(earlier.inc);
  }).length;
}

function countOperation(operation: Operation, reached: Record<Situation, number>): void {
  const { f, how, outcome, rest } = operation;
  if (outcome !== 'ok') return;
  if (f === 'skip' && rest !== null && rest.toAt >= rest.fromAt) reached['skip-by-hand'] += 1;
  if (f === 'pause' && how !== null) reached['pause-by-tag'] += 1;
  if (f === 'resume' && how === 'latest') reached['resume-latest'] += 1;
  if (f === 'resume' && how === 'all') reached['resume-all'] += 1;
}

/** It began a second or more after its instant, and shares a limit with others. */
function waitedForRoom({ runId, attempt, startAt }: AttemptRecord, ledger: Ledger): boolean {
  const row = ledger.rows.get(runId);
  if (row === undefined || attempt !== 1) return false;
  if (startAt - ledger.clock.truthOf(row.startAt) < 1000) return false;
  return slotKeysOf(runId, ledger).length > 0 || rateKeyOf(runId, ledger) !== null;
}

function countRow(row: RunDump, reached: Record<Situation, number>): void {
  if (row.origin === 'manual') reached['manual-run'] += 1;
  if (row.origin === 'failure') reached['retry-after-failure'] += 1;
  if (row.origin === 'backfill') reached['backfill-run'] += 1;
  if (row.origin === 'startup') reached['startup-run'] += 1;
  if (row.coalescedCount > 0) reached['catch-up'] += 1;
  if (row.waiting) reached['overlap-queue'] += 1;
  if (row.attempt > 1) reached.retry += 1;
  if (row.state === 'SKIPPED') countSkip(row.reason, reached);
  if (row.state === 'CANCELLED')
    reached[row.reason === 'overlap' ? 'overlap-cancel' : 'cancel'] += 1;
  if (row.reason === 'timeout') reached.timeout += 1;
  if (row.reason === 'poison') reached.poison += 1;
  if (row.state === 'FAILED' && row.reason === 'node-lost') reached['node-lost-fail'] += 1;
}

function countSkip(reason: string | null, reached: Record<Situation, number>): void {
  switch (reason) {
    case 'coalesced':
      reached.coalesced += 1;
      break;
    case 'misfire':
      reached['misfire-skip'] += 1;
      break;
    case 'overlap':
      reached['overlap-skip'] += 1;
      break;
    case 'limit':
      reached['limit-skip'] += 1;
      break;
    case 'paused':
      reached['paused-skip'] += 1;
      break;
    case 'too-late':
      reached['too-late-skip'] += 1;
      break;
    case 'backoff':
      reached['backoff-skip'] += 1;
      break;
    case 'check':
      reached['check-skip'] += 1;
      break;
    case 'superseded':
      reached['superseded-skip'] += 1;
      break;
    default:
  }
}

/** Jobs of a zone that were due around a change of its clock. */
function countClockChanges(job: CheckedJob, reached: Record<Situation, number>): void {
  const trigger = job.timeline.phases[0]?.definition.trigger;
  if (trigger === undefined || !('zone' in trigger)) return;
  const first = job.expected.must[0];
  const last = job.expected.must.at(-1);
  if (first === undefined || last === undefined) return;
  for (const change of oracleZone(trigger.zone).changes(first - HOUR, last + HOUR)) {
    const near = job.expected.must.some((at) => Math.abs(at - change.at) <= 2 * HOUR);
    if (near) reached[change.by > 0 ? 'dst-gap' : 'dst-overlap'] += 1;
  }
}

import type { JobDefinition } from '../../../tickwork/src/core/model/job.ts';
import type { JobRecord, Ledger, Operation } from './ledger.ts';

/** What a job was for certain in (fromAt, toAt] of the store's clock. */
export interface Phase {
  readonly state: 'active' | 'paused' | 'off';
  readonly definition: JobDefinition;
  readonly anchorAt: number;
  readonly fromAt: number;
  readonly toAt: number;
}

/** While an operation may or may not have taken effect: any of the candidates may hold. */
export interface Window {
  readonly f: Operation['f'];
  readonly candidates: readonly Pick<Phase, 'definition' | 'anchorAt'>[];
  readonly fromAt: number;
  readonly toAt: number;
}

export interface Timeline {
  readonly phases: readonly Phase[];
  readonly windows: readonly Window[];
}

type Standing = Pick<Phase, 'state' | 'definition' | 'anchorAt'>;

/**
 * Turns the operations on a job into stretches of the store's clock in which its
 * definition and status are certain, and windows in which they are not. Rows are planned
 * ahead and keep their definition, so a window lasts that much longer than its operation.
 */
export function timelineOf(job: JobRecord, ledger: Ledger): Timeline {
  const phases: Phase[] = [];
  const windows: Window[] = [];
  let standing: Standing | null = null;
  let sinceAt = Number.NEGATIVE_INFINITY;
  for (const operation of job.operations) {
    if (!changesJob(operation)) continue;
    const window = windowOf(operation, ledger);
    if (standing !== null && window.fromAt > sinceAt) {
      phases.push({ ...standing, fromAt: sinceAt, toAt: window.fromAt });
    }
    const next = standingAfter(operation, standing);
    const candidates = [standing, next].filter((each) => each !== null);
    windows.push({ f: operation.f, candidates, ...window });
    standing = operation.outcome === 'info' ? null : next;
    sinceAt = Math.max(sinceAt, window.toAt);
  }
  if (standing !== null)
    phases.push({ ...standing, fromAt: sinceAt, toAt: Number.POSITIVE_INFINITY });
  return { phases, windows };
}

/** The definitions that may have been in force at an instant of the store's clock. */
export function definitionsAt(timeline: Timeline, instant: number): JobDefinition[] {
  const found = new Set<JobDefinition>();
  for (const phase of timeline.phases) {
    if (instant > phase.fromAt && instant <= phase.toAt) found.add(phase.definition);
  }
  for (const window of timeline.windows) {
    if (instant < window.fromAt || instant > window.toAt) continue;
    for (const candidate of window.candidates) found.add(candidate.definition);
  }
  return [...found];
}

/** They make or end runs, or pass instants over that stay due. */
const leavesTheJob: ReadonlySet<Operation['f']> = new Set([
  'trigger',
  'cancel',
  'skip',
  'backfill',
]);

/** True for operations after which the job may be another. */
export function changesJob(operation: Operation): boolean {
  if (operation.outcome === 'fail') return false;
  return !leavesTheJob.has(operation.f);
}

function windowOf(operation: Operation, ledger: Ledger): { fromAt: number; toAt: number } {
  const { epsilonMs, reachMs } = ledger.limits;
  const fromAt = ledger.clock.at(operation.invokeAt) - epsilonMs;
  const endAt = Number.isFinite(operation.okAt) ? ledger.clock.at(operation.okAt) : operation.okAt;
  return { fromAt, toAt: endAt + epsilonMs + reachMs };
}

function standingAfter(operation: Operation, before: Standing | null): Standing | null {
  const { answer } = operation;
  if (answer !== null) {
    const state = answer.status === 'disabled' ? 'off' : answer.status;
    return { state, definition: answer.definition, anchorAt: answer.anchorAt };
  }
  if (before === null) return null;
  switch (operation.f) {
    case 'pause':
      return { ...before, state: 'paused' };
    case 'resume':
      return { ...before, state: 'active' };
    case 'disable':
    case 'delete':
      return { ...before, state: 'off' };
    default:
      return before;
  }
}

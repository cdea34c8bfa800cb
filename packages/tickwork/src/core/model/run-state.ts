/**
 * The states of a run and the one table of legal transitions.
 *
 *   PENDING → RUNNING      its instant came, a node took it
 *   PENDING → SKIPPED      policy decided against it (reason)
 *   PENDING → CANCELLED    cancelled before it started
 *   RUNNING → SUCCESS | FAILED | CANCELLED
 *   RUNNING → SKIPPED      its pre-check said no
 *   RUNNING → RETRY        the attempt failed or was lost; another follows at `dueAt`
 *   RETRY   → RUNNING      the next attempt
 *   RETRY   → CANCELLED    cancelled while waiting
 *
 * Terminal states never change; doing the work again is a new run.
 */
export const runStates = [
  'PENDING',
  'RUNNING',
  'RETRY',
  'SUCCESS',
  'FAILED',
  'CANCELLED',
  'SKIPPED',
] as const;

export type RunState = (typeof runStates)[number];
export type TerminalState = 'SUCCESS' | 'FAILED' | 'CANCELLED' | 'SKIPPED';

const transitions: Readonly<Record<RunState, readonly RunState[]>> = {
  PENDING: ['RUNNING', 'SKIPPED', 'CANCELLED'],
  RUNNING: ['SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED', 'RETRY'],
  RETRY: ['RUNNING', 'CANCELLED'],
  SUCCESS: [],
  FAILED: [],
  CANCELLED: [],
  SKIPPED: [],
};

export function canBecome(from: RunState, to: RunState): boolean {
  return transitions[from].includes(to);
}

export function isTerminal(state: RunState): state is TerminalState {
  return transitions[state].length === 0;
}

/** A run that occupies its job for the overlap policy: it has started and not finished. */
export function isActive(state: RunState): boolean {
  return state === 'RUNNING' || state === 'RETRY';
}

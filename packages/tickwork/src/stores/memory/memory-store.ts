import { TickworkError } from '../../core/base/errors.ts';
import { hasMethods, oneOf, optional, optionsOf, refuse } from '../../core/base/shape.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type { Store } from '../../core/ports/store.ts';
import { MemoryJobs } from './memory-jobs.ts';
import { MemoryNodes } from './memory-nodes.ts';
import { MemoryRuns } from './memory-runs.ts';
import { MemoryState } from './memory-state.ts';

export interface MemoryStoreOptions {
  /** What `readClock` reads; the store has no other notion of time. */
  readonly clock: Clock;
  /**
   * What the store says of its clock, see `Store.clockSource`; default `process`. Simulated
   * clusters whose nodes have clocks of their own say `database`.
   */
  readonly clockSource?: Store['clockSource'];
}

const optionsShape = optionsOf<MemoryStoreOptions>('createMemoryStore', {
  clock: (value, field) => {
    if (hasMethods(value, ['now', 'mono'])) return;
    refuse(field, value, 'is no clock.', 'It needs the methods `now` and `mono`.');
  },
  clockSource: optional(oneOf(['process', 'database'])),
});

/**
 * A store in the memory of this process, for tests, simulations and work that may be
 * forgotten: everything is lost with the process.
 *
 * It keeps the same promises as the durable stores (each call is one atomic step) and
 * is deterministic: the same calls in the same order have the same answers. Several
 * schedulers of one process may share one store as several nodes. Calls after
 * `close` are refused with STORE_UNAVAILABLE.
 *
 *     const store = createMemoryStore({ clock: systemClock() });
 */
export function createMemoryStore(options: MemoryStoreOptions): Store {
  optionsShape(options, 'options');
  const state = new MemoryState();
  const jobs = new MemoryJobs(state);
  const runs = new MemoryRuns(state);
  const nodes = new MemoryNodes(state, options.clock);
  let closed = false;
  // The answers are passed on as they are: one more promise around each would cost as much
  // as most calls.
  const calls: Calls = {
    saveJobs: (writes) => jobs.saveJobs(writes),
    findJobs: (names) => jobs.findJobs(names),
    listJobs: (filter, page) => jobs.listJobs(filter, page),
    deleteJobs: (jobIds, at) => jobs.deleteJobs(jobIds, at),
    findRevisions: (keys) => jobs.findRevisions(keys),
    findDueJobs: (until, limit) => jobs.findDueJobs(until, limit),
    nextDueAt: () => jobs.nextDueAt(),
    planDue: (writes) => jobs.planDue(writes),
    listChanges: (jobId) => jobs.listChanges(jobId),
    listSkips: (jobId, fromAt, toAt, limit) => jobs.listSkips(jobId, fromAt, toAt, limit),
    saveCalendars: (calendars) => jobs.saveCalendars(calendars),
    listCalendars: () => jobs.listCalendars(),
    enqueueRuns: (newRuns, at) => runs.enqueueRuns(newRuns, at),
    claimRuns: (request) => runs.claimRuns(request),
    startRuns: (nodeId, requests, at) => runs.startRuns(nodeId, requests, at),
    settleRuns: (nodeId, settlements, at) => runs.settleRuns(nodeId, settlements, at),
    completeRuns: (completions) => runs.completeRuns(completions),
    reportRuns: (reports) => runs.reportRuns(reports),
    cancelRuns: (runIds, at, reason) => runs.cancelRuns(runIds, at, reason),
    findRuns: (runIds) => runs.findRuns(runIds),
    listRuns: (filter, page) => runs.listRuns(filter, page),
    findOverdue: (jobIds, until) => runs.findOverdue(jobIds, until),
    readRun: (runId, output) => runs.readRun(runId, output),
    pruneRuns: (request) => runs.pruneRuns(request),
    joinNode: (node, at, leaseUntil) => nodes.joinNode(node, at, leaseUntil),
    renewNode: (nodeId, leaseUntil) => nodes.renewNode(nodeId, leaseUntil),
    leaveNode: (nodeId, at) => nodes.leaveNode(nodeId, at),
    reapNodes: (now, provenDead) => nodes.reapNodes(now, provenDead),
    findLostRuns: (limit) => nodes.findLostRuns(limit),
    listNodes: (limit) => nodes.listNodes(limit),
    pollSignals: (nodeId) => nodes.pollSignals(nodeId),
    readClock: () => nodes.readClock(),
    examine: async () => [],
    examineClock: async () => null,
    repair: async () => [],
  };
  const open = Object.entries(calls).map(([name, call]) => {
    const guarded = (...args: never[]) =>
      closed ? Promise.reject(storeClosed()) : (call as Call)(...args);
    return [name, guarded];
  });
  return {
    ...(Object.fromEntries(open) as Calls),
    kind: 'memory',
    clockSource: options.clockSource ?? 'process',
    close: async () => {
      closed = true;
    },
  };
}

type Call = (...args: never[]) => Promise<unknown>;

type Calls = Omit<Store, 'kind' | 'clockSource' | 'close' | 'startHeartbeat'>;

function storeClosed(): TickworkError {
  return new TickworkError('STORE_UNAVAILABLE', {
    reason: 'the memory store is closed.',
    remedy: 'Create a new one; what it held is gone.',
  });
}

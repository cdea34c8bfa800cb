import { TickworkError } from '../../core/model/errors.ts';
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
  const state = new MemoryState();
  const jobs = new MemoryJobs(state);
  const runs = new MemoryRuns(state);
  const nodes = new MemoryNodes(state, options.clock);
  let closed = false;
  const open = <T>(part: T): T => {
    if (closed) throw storeClosed();
    return part;
  };
  return {
    kind: 'memory',
    clockSource: options.clockSource ?? 'process',
    saveJobs: async (writes) => open(jobs).saveJobs(writes),
    findJobs: async (names) => open(jobs).findJobs(names),
    listJobs: async (filter, page) => open(jobs).listJobs(filter, page),
    deleteJobs: async (jobIds, at) => open(jobs).deleteJobs(jobIds, at),
    findRevisions: async (keys) => open(jobs).findRevisions(keys),
    findDueJobs: async (until, limit) => open(jobs).findDueJobs(until, limit),
    nextDueAt: async () => open(jobs).nextDueAt(),
    planDue: async (writes) => open(jobs).planDue(writes),
    listChanges: async (jobId) => open(jobs).listChanges(jobId),
    listSkips: async (jobId, fromAt, toAt, limit) =>
      open(jobs).listSkips(jobId, fromAt, toAt, limit),
    saveCalendars: async (calendars) => open(jobs).saveCalendars(calendars),
    listCalendars: async () => open(jobs).listCalendars(),
    enqueueRuns: async (newRuns, at) => open(runs).enqueueRuns(newRuns, at),
    claimRuns: async (request) => open(runs).claimRuns(request),
    startRuns: async (nodeId, requests, at) => open(runs).startRuns(nodeId, requests, at),
    settleRuns: async (nodeId, settlements, at) => open(runs).settleRuns(nodeId, settlements, at),
    completeRuns: async (completions) => open(runs).completeRuns(completions),
    reportRuns: async (reports) => open(runs).reportRuns(reports),
    cancelRuns: async (runIds, at, reason) => open(runs).cancelRuns(runIds, at, reason),
    findRuns: async (runIds) => open(runs).findRuns(runIds),
    listRuns: async (filter, page) => open(runs).listRuns(filter, page),
    findOverdue: async (jobIds, until) => open(runs).findOverdue(jobIds, until),
    readRun: async (runId, output) => open(runs).readRun(runId, output),
    pruneRuns: async (request) => open(runs).pruneRuns(request),
    joinNode: async (node, at, leaseUntil) => open(nodes).joinNode(node, at, leaseUntil),
    renewNode: async (nodeId, leaseUntil) => open(nodes).renewNode(nodeId, leaseUntil),
    leaveNode: async (nodeId, at) => open(nodes).leaveNode(nodeId, at),
    reapNodes: async (now, provenDead) => open(nodes).reapNodes(now, provenDead),
    findLostRuns: async (limit) => open(nodes).findLostRuns(limit),
    listNodes: async (limit) => open(nodes).listNodes(limit),
    pollSignals: async (nodeId) => open(nodes).pollSignals(nodeId),
    readClock: async () => open(nodes).readClock(),
    close: async () => {
      closed = true;
    },
  };
}

function storeClosed(): TickworkError {
  return new TickworkError('STORE_UNAVAILABLE', {
    reason: 'the memory store is closed.',
    remedy: 'Create a new one; what it held is gone.',
  });
}

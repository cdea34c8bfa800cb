import { Dispatcher } from '../../../tickwork/src/core/dispatcher/dispatcher.ts';
import { Handlers } from '../../../tickwork/src/core/dispatcher/handlers.ts';
import type { StartedRun } from '../../../tickwork/src/core/executor/running-attempt.ts';
import type { Policies } from '../../../tickwork/src/core/model/policy.ts';
import type { Run } from '../../../tickwork/src/core/model/run.ts';
import type {
  ClaimRequest,
  RunFilter,
  Settlement,
  StartOutcome,
} from '../../../tickwork/src/core/ports/run-store.ts';
import type { Store } from '../../../tickwork/src/core/ports/store.ts';
import type { SlotKind } from '../../../tickwork/src/core/ports/task-kind.ts';
import { definition } from './stored-job.ts';
import { storedRun } from './stored-run.ts';
import { TestTasks } from './test-tasks.ts';

/** A dispatcher over a store that gives out what a test has put there. */
export function dispatchWorld() {
  const world = emptyWorld();
  const failing = (name: string): void => {
    if (world.fails !== name) return;
    world.fails = null;
    throw new Error(`${name} failed`);
  };
  const store: Partial<Store> = {
    async claimRuns(request) {
      world.claims.push(request);
      failing('claimRuns');
      const mine = world.claimable.filter(({ handler }) => request.handlers.includes(handler));
      const taken = mine.slice(0, request.limit);
      world.claimable = world.claimable.filter((run) => !taken.includes(run));
      return request.recover ? [...world.reserved, ...taken] : taken;
    },
    async startRuns(_, requests) {
      world.starts.push(requests.map(({ runId }) => runId));
      failing('startRuns');
      return requests.map(({ runId }) => world.outcome(runId));
    },
    async settleRuns(nodeId, settlements) {
      failing('settleRuns');
      world.settledFor.push(nodeId);
      world.settled.push(...settlements);
      return settlements.map(() => 'written');
    },
    async listRuns(filter) {
      world.listed.push(filter);
      return { runs: world.waiting.filter(({ jobId }) => jobId === filter.jobId), next: null };
    },
    async cancelRuns(runIds) {
      world.cancelled.push([...runIds]);
      return runIds.map((runId) => ({ runId, outcome: 'requested' }));
    },
  };
  const functions = new TestTasks('function');
  const external = new TestTasks('external', 'external');
  functions.register('work', () => {});
  external.register('work', () => {});
  const dispatcher = new Dispatcher({
    store: store as Store,
    nodeId: () => world.nodeId,
    holdsLease: () => world.holdsLease,
    now: () => world.now,
    horizonMs: 2_000,
    handlers: new Handlers([functions, external]),
    workOf: async (runs) => {
      failing('workOf');
      return runs.map(() => definition({ policies: world.policies }));
    },
    jobStatusOf: () => 'active',
    misfireLookup: async () => new Map(),
    freeSlots: (slotKind) => world.free[slotKind],
    isBusy: (runId) => world.busy.has(runId),
    execute: (execution) => {
      world.executions.push(execution);
      world.executed.push(execution.run.id);
      world.busy.add(execution.run.id);
    },
    onReplaced: (runIds) => world.replaced.push([...runIds]),
    onSkipped: () => {},
  });
  return { dispatcher, world };
}

function emptyWorld() {
  return {
    now: 10_000,
    nodeId: 'me',
    holdsLease: true,
    claimable: [] as Run[],
    reserved: [] as Run[],
    claims: [] as ClaimRequest[],
    starts: [] as string[][],
    settled: [] as Settlement[],
    settledFor: [] as string[],
    waiting: [] as Run[],
    listed: [] as RunFilter[],
    cancelled: [] as string[][],
    replaced: [] as string[][],
    executed: [] as string[],
    executions: [] as StartedRun[],
    policies: {} as Partial<Policies>,
    busy: new Set<string>(),
    free: { function: 100, external: 10 } as Record<SlotKind, number>,
    outcome: (() => started) as (runId: string) => StartOutcome,
    fails: null as string | null,
  };
}

export const started: StartOutcome = { outcome: 'started', fence: 1, attempt: 1 };
export const due = (id: string, fields: Partial<Run> = {}): Run =>
  storedRun({ id, fireAt: 10_000, nodeId: 'me', ...fields });

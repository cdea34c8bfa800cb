import { describe, expect, it } from 'vitest';
import { definition } from '../../testing/engine/stored-job.ts';
import { storedRun } from '../../testing/engine/stored-run.ts';
import { TestTasks } from '../../testing/engine/test-tasks.ts';
import type { NewRun, Run } from '../model/run.ts';
import type { ClaimRequest, Settlement, StartOutcome } from '../ports/run-store.ts';
import type { Store } from '../ports/store.ts';
import type { Pool } from '../ports/task-kind.ts';
import { Dispatcher } from './dispatcher.ts';
import { Handlers } from './handlers.ts';

const OVERLAPS = definition();

/** A dispatcher over a store that gives out what a test has put there. */
function setUp() {
  const world = {
    now: 10_000,
    nodeId: 'me',
    holdsLease: true,
    claimable: [] as Run[],
    reserved: [] as Run[],
    claims: [] as ClaimRequest[],
    starts: [] as string[][],
    settled: [] as Settlement[],
    executed: [] as string[],
    busy: new Set<string>(),
    free: { function: 100, external: 10 } as Record<Pool, number>,
    outcome: (() => started) as (runId: string) => StartOutcome,
    fails: null as string | null,
  };
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
    async settleRuns(_, settlements) {
      failing('settleRuns');
      world.settled.push(...settlements);
      return settlements.map(() => 'written');
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
      return runs.map(() => OVERLAPS);
    },
    jobStatusOf: () => 'active',
    misfireLookup: async () => new Map(),
    freeSlots: (pool) => world.free[pool],
    isBusy: (runId) => world.busy.has(runId),
    execute: ({ run }) => {
      world.executed.push(run.id);
      world.busy.add(run.id);
    },
    onReplaced: () => {},
    onSkipped: () => {},
  });
  return { dispatcher, world };
}

const started: StartOutcome = { outcome: 'started', fence: 1, attempt: 1 };
const due = (id: string, fields: Partial<Run> = {}): Run =>
  storedRun({ id, fireAt: 10_000, nodeId: 'me', ...fields });
const running = { state: 'RUNNING', fence: 1, attempt: 1, nodeId: 'me' } as const;
const outside = { handler: 'external:work' } as const;

describe('Dispatcher', () => {
  it('runs nothing that was granted to it while it stood still for too long', async () => {
    const { dispatcher, world } = setUp();
    dispatcher.adopt([due('a')]);
    world.outcome = () => {
      world.holdsLease = false;
      return started;
    };
    await dispatcher.pass();
    expect(world.starts).toEqual([['a']]);
    expect(world.executed).toEqual([]);
    // The lease was renewed after all: the store grants the same start once more.
    world.outcome = () => started;
    world.holdsLease = true;
    world.now += 50;
    await dispatcher.pass();
    expect(world.executed).toEqual(['a']);
  });

  it('runs nothing either that came RUNNING from a claim meanwhile', async () => {
    const { dispatcher, world } = setUp();
    world.claimable = [due('a', { state: 'RUNNING', attempt: 1, fence: 1 })];
    world.holdsLease = false;
    await dispatcher.pass();
    expect(world.executed).toEqual([]);
    world.holdsLease = true;
    world.now += 50;
    await dispatcher.pass();
    expect(world.executed).toEqual(['a']);
  });

  it('claims what comes within the horizon and starts it at its instant', async () => {
    const { dispatcher, world } = setUp();
    world.claimable = [due('now'), due('soon', { fireAt: 10_700 })];
    expect(await dispatcher.pass()).toBe(10_700);
    expect(world.claims[0]).toMatchObject({ nodeId: 'me', limit: 0, recover: true });
    const function_ = world.claims.filter(({ handlers }) => handlers.includes('function:work'));
    // With room for both it asks once.
    expect(function_).toMatchObject([{ until: 12_000, startAt: 10_000, limit: 100 }]);
    expect(world.executed).toEqual(['now']);
    world.now = 10_699;
    await dispatcher.pass();
    expect(world.executed).toEqual(['now']);
    world.now = 10_700;
    await dispatcher.pass();
    expect(world.executed).toEqual(['now', 'soon']);
  });

  it('claims what is due before what will be when slots are few', async () => {
    const { dispatcher, world } = setUp();
    world.free.function = 2;
    const ahead = due('ahead', { fireAt: 11_000, priority: 9 });
    world.claimable = [ahead, due('a'), due('b')];
    await dispatcher.pass();
    const function_ = world.claims.filter(({ handlers }) => handlers.includes('function:work'));
    expect(function_.slice(0, 2)).toMatchObject([
      { until: 12_000, startAt: 10_000, limit: 2 },
      { until: 10_000, startAt: 10_000, limit: 2 },
    ]);
    expect(world.executed).toEqual(['a', 'b']);
  });

  it('starts nothing that the store gave to a life that has ended since', async () => {
    const { dispatcher, world } = setUp();
    world.claimable = [due('a')];
    world.outcome = () => {
      // The answer comes when the node has joined again.
      dispatcher.forget();
      world.nodeId = 'me-again';
      return started;
    };
    await dispatcher.pass();
    expect(world.starts).toEqual([['a']]);
    expect(world.executed).toEqual([]);
  });

  it('starts nothing that was asked for before the next life began', async () => {
    const { dispatcher, world } = setUp();
    // The former life has ended already, and what others plan may still be reserved for it.
    dispatcher.forget();
    dispatcher.adopt([due('a')]);
    world.outcome = () => {
      world.nodeId = 'me-again';
      return started;
    };
    await dispatcher.pass();
    expect(world.starts).toEqual([['a']]);
    expect(world.executed).toEqual([]);
  });

  it('claims again after half a horizon, or when there is a reason', async () => {
    const { dispatcher, world } = setUp();
    expect(await dispatcher.pass()).toBe(11_000);
    const asked = world.claims.length;
    await dispatcher.pass();
    expect(world.claims).toHaveLength(asked);
    dispatcher.wantClaim();
    await dispatcher.pass();
    // Only the first time it asks for what a former life of the process may have left.
    expect(world.claims).toHaveLength(2 * asked - 1);
    expect(world.claims.filter(({ recover }) => recover)).toHaveLength(1);
  });

  it('executes what the claim has started', async () => {
    const { dispatcher, world } = setUp();
    world.claimable = [due('a', { ...running, jobId: null })];
    await dispatcher.pass();
    expect(world.executed).toEqual(['a']);
    expect(world.starts).toEqual([]);
  });

  it('asks about what a claim may have started whose answer was lost', async () => {
    const { dispatcher, world } = setUp();
    await dispatcher.pass();
    dispatcher.wantClaim();
    world.now = 10_500;
    world.fails = 'claimRuns';
    await expect(dispatcher.pass()).rejects.toThrow('claimRuns failed');
    world.now = 11_000;
    world.reserved = [due('lost', { ...running, startedAt: 10_500 })];
    await dispatcher.pass();
    expect(world.starts).toEqual([['lost']]);
    expect(world.executed).toEqual(['lost']);
  });

  it('asks about what a claim has started when the work of it could not be read', async () => {
    const { dispatcher, world } = setUp();
    world.claimable = [due('a', { ...running, startedAt: 10_000 })];
    world.fails = 'workOf';
    await expect(dispatcher.pass()).rejects.toThrow('workOf failed');
    world.reserved = [due('a', { ...running, startedAt: 10_000 })];
    await dispatcher.pass();
    expect(world.starts).toEqual([['a']]);
    expect(world.executed).toEqual(['a']);
  });

  it('never executes twice what it has ended, whatever the store says', async () => {
    const { dispatcher, world } = setUp();
    world.claimable = [due('a', { ...running, startedAt: 10_000 })];
    await dispatcher.pass();
    world.busy.clear();
    world.reserved = [due('a', { ...running, startedAt: 10_000 })];
    dispatcher.wantRecovery();
    await dispatcher.pass();
    expect(world.executed).toEqual(['a']);
  });

  it('leaves what another life of the node has started to its recovery', async () => {
    const { dispatcher, world } = setUp();
    const running = { state: 'RUNNING', fence: 1, attempt: 1, nodeId: 'former' } as const;
    world.claimable = [due('a', { ...running, jobId: null })];
    await dispatcher.pass();
    expect(world.executed).toEqual([]);
  });

  it('claims for each slot that becomes free while more is due', async () => {
    const { dispatcher, world } = setUp();
    Object.defineProperty(world.free, 'function', { get: () => 2 - world.busy.size });
    const started = { state: 'RUNNING', nodeId: 'me', jobId: null } as const;
    world.claimable = Array.from({ length: 5 }, (_, i) => due(`r${i}`, started));
    await dispatcher.pass();
    await dispatcher.pass();
    expect(world.executed).toEqual(['r0', 'r1']);
    world.busy.clear();
    await dispatcher.pass();
    expect(world.executed).toEqual(['r0', 'r1', 'r2', 'r3']);
  });

  it('starts no more than there are slots', async () => {
    const { dispatcher, world } = setUp();
    world.free.function = 2;
    world.claimable = Array.from({ length: 5 }, (_, i) => due(`r${i}`));
    await dispatcher.pass().catch(() => {});
    expect(world.starts[0]).toEqual(['r0', 'r1']);
  });

  it('keeps for itself what it can run, as far as there is room', () => {
    const { dispatcher, world } = setUp();
    const runs: NewRun[] = [
      due('a'),
      due('far', { startAt: 60_000 }),
      due('foreign', { handler: 'http' }),
      ...Array.from({ length: 25 }, (_, i) => due(`x${i}`, outside)),
    ];
    const kept = dispatcher.reserve(runs).filter(({ nodeId }) => nodeId === 'me');
    expect(kept.map(({ id }) => id)).toEqual([
      'a',
      ...Array.from({ length: 20 }, (_, i) => `x${i}`),
    ]);
    world.nodeId = 'other';
    expect(dispatcher.reserve([due('a')])[0]?.nodeId).toBe('other');
  });

  it('adopts only its own', async () => {
    const { dispatcher, world } = setUp();
    dispatcher.adopt([due('mine'), due('theirs', { nodeId: 'other' }), due('x', { handler: '?' })]);
    await dispatcher.pass();
    expect(world.executed).toEqual(['mine']);
  });

  it('forgets its reservations', async () => {
    const { dispatcher, world } = setUp();
    dispatcher.adopt([due('a'), due('b', { fireAt: 90_000 })]);
    expect([...dispatcher.forget()].sort()).toEqual(['a', 'b']);
    await dispatcher.pass();
    expect(world.executed).toEqual([]);
  });

  it('puts a recovered run into its own pool', async () => {
    const { dispatcher, world } = setUp();
    world.reserved = ['a', 'b', 'c'].map((id) => due(id, outside));
    world.free.external = 1;
    await Promise.race([dispatcher.pass(), after(world, 1)]);
    expect(world.starts[0]).toEqual(['a']);
  });

  it.each(['claimRuns', 'startRuns', 'settleRuns'])(
    'asks for its reservations too after a failing %s, and executes none twice',
    async (call) => {
      const { dispatcher, world } = setUp();
      world.outcome = (runId) =>
        runId === 'blocked'
          ? { outcome: 'blocked', activeRunIds: ['x'], waitingCount: 0 }
          : started;
      world.claimable = [due('good'), due('blocked')];
      world.fails = call;
      await expect(dispatcher.pass()).rejects.toThrow(`${call} failed`);
      world.claims = [];
      world.now += 50;
      await dispatcher.pass();
      expect(world.claims[0]?.recover).toBe(true);
      expect(world.executed).toEqual(['good']);
    },
  );

  it('does not start what is busy here, and looks again', async () => {
    const { dispatcher, world } = setUp();
    world.busy.add('again');
    world.claimable = [due('again')];
    expect(await dispatcher.pass()).toBe(10_050);
    expect(world.starts).toEqual([]);
    world.busy.delete('again');
    world.now = 10_050;
    await dispatcher.pass();
    expect(world.executed).toEqual(['again']);
  });

  it('drops what is gone in the store', async () => {
    const { dispatcher, world } = setUp();
    world.outcome = () => ({ outcome: 'gone' });
    world.claimable = [due('a')];
    await dispatcher.pass();
    expect(world.starts).toEqual([['a']]);
    expect(world.executed).toEqual([]);
    expect(dispatcher.forget()).toEqual([]);
  });
});

/** Ends a race once so many starts were asked for. */
async function after(world: { readonly starts: readonly unknown[] }, count: number): Promise<void> {
  for (let i = 0; i < 1_000 && world.starts.length < count; i++) await Promise.resolve();
}

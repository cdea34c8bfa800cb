import { dispatchWorld, due, started } from '@tickwork/verify/engine/dispatch-world.ts';
import { describe, expect, it } from 'vitest';
import type { NewRun } from '../model/run.ts';
import { INSTANT_END } from '../time/instant.ts';

const running = { state: 'RUNNING', fence: 1, attempt: 1, nodeId: 'me' } as const;
const outside = { handler: 'external:work' } as const;

describe('Dispatcher', () => {
  it('runs nothing that was granted to it while it stood still for too long', async () => {
    const { dispatcher, world } = dispatchWorld();
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
    const { dispatcher, world } = dispatchWorld();
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
    const { dispatcher, world } = dispatchWorld();
    world.claimable = [due('now'), due('soon', { fireAt: 10_700 })];
    // The start of the later one is written 21 ms before it.
    expect(await dispatcher.pass()).toBe(10_679);
    expect(world.claims[0]).toMatchObject({ nodeId: 'me', limit: 0, recover: true });
    const function_ = world.claims.filter(({ handlers }) => handlers.includes('function:work'));
    // With room for both it asks once.
    expect(function_).toMatchObject([{ until: 12_000, startAt: 10_000, limit: 100 }]);
    expect(world.executed).toEqual(['now']);
    world.now = 10_678;
    await dispatcher.pass();
    expect(world.executed).toEqual(['now']);
    world.now = 10_679;
    await dispatcher.pass();
    expect(world.executed).toEqual(['now', 'soon']);
    expect(world.executions[1]).toMatchObject({ startedAt: 10_700 });
  });

  it('claims what is due before what will be when slots are few', async () => {
    const { dispatcher, world } = dispatchWorld();
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
    const { dispatcher, world } = dispatchWorld();
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
    const { dispatcher, world } = dispatchWorld();
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
    const { dispatcher, world } = dispatchWorld();
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

  it('asks now and then for what it holds and is due, and for all of it at the begin', async () => {
    const { dispatcher, world } = dispatchWorld();
    const asked = () => world.claims.filter(({ recover }) => recover).map(({ until }) => until);
    await dispatcher.pass();
    expect(asked()).toEqual([INSTANT_END]);
    world.now += 30_001;
    await dispatcher.pass();
    expect(asked()).toEqual([INSTANT_END, world.now]);
    dispatcher.wantRecovery();
    await dispatcher.pass();
    expect(asked()).toEqual([INSTANT_END, world.now, INSTANT_END]);
  });

  it('executes what the claim has started', async () => {
    const { dispatcher, world } = dispatchWorld();
    world.claimable = [due('a', { ...running, jobId: null })];
    await dispatcher.pass();
    expect(world.executed).toEqual(['a']);
    expect(world.starts).toEqual([]);
  });

  it('asks about what a claim may have started whose answer was lost', async () => {
    const { dispatcher, world } = dispatchWorld();
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
    const { dispatcher, world } = dispatchWorld();
    world.claimable = [due('a', { ...running, startedAt: 10_000 })];
    world.fails = 'workOf';
    await expect(dispatcher.pass()).rejects.toThrow('workOf failed');
    world.reserved = [due('a', { ...running, startedAt: 10_000 })];
    await dispatcher.pass();
    expect(world.starts).toEqual([['a']]);
    expect(world.executed).toEqual(['a']);
  });

  it('never executes twice what it has ended, whatever the store says', async () => {
    const { dispatcher, world } = dispatchWorld();
    world.claimable = [due('a', { ...running, startedAt: 10_000 })];
    await dispatcher.pass();
    world.busy.clear();
    world.reserved = [due('a', { ...running, startedAt: 10_000 })];
    dispatcher.wantRecovery();
    await dispatcher.pass();
    expect(world.executed).toEqual(['a']);
  });

  it('leaves what another life of the node has started to its recovery', async () => {
    const { dispatcher, world } = dispatchWorld();
    const running = { state: 'RUNNING', fence: 1, attempt: 1, nodeId: 'former' } as const;
    world.claimable = [due('a', { ...running, jobId: null })];
    await dispatcher.pass();
    expect(world.executed).toEqual([]);
  });

  it('claims for each slot that becomes free while more is due', async () => {
    const { dispatcher, world } = dispatchWorld();
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
    const { dispatcher, world } = dispatchWorld();
    world.free.function = 2;
    world.claimable = Array.from({ length: 5 }, (_, i) => due(`r${i}`));
    await dispatcher.pass().catch(() => {});
    expect(world.starts[0]).toEqual(['r0', 'r1']);
  });

  it('keeps for itself what it can run, as far as there is room', () => {
    const { dispatcher, world } = dispatchWorld();
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
    const { dispatcher, world } = dispatchWorld();
    dispatcher.adopt([due('mine'), due('theirs', { nodeId: 'other' }), due('x', { handler: '?' })]);
    await dispatcher.pass();
    expect(world.executed).toEqual(['mine']);
  });

  it('forgets its reservations', async () => {
    const { dispatcher, world } = dispatchWorld();
    dispatcher.adopt([due('a'), due('b', { fireAt: 90_000 })]);
    expect([...dispatcher.forget()].sort()).toEqual(['a', 'b']);
    await dispatcher.pass();
    expect(world.executed).toEqual([]);
  });

  it('gives back in its next life what the former one had reserved, once', async () => {
    const { dispatcher, world } = dispatchWorld();
    dispatcher.adopt([due('a'), due('b', { fireAt: 90_000 })]);
    dispatcher.forget();
    world.nodeId = 'me-again';
    world.fails = 'settleRuns';
    await expect(dispatcher.giveBack()).rejects.toThrow('settleRuns failed');
    await dispatcher.giveBack();
    await dispatcher.giveBack();
    expect(world.settled).toEqual([
      { runId: 'a', to: 'released' },
      { runId: 'b', to: 'released' },
    ]);
    expect(world.settledFor).toEqual(['me']);
  });

  it('puts a recovered run into its own kind of slot', async () => {
    const { dispatcher, world } = dispatchWorld();
    world.reserved = ['a', 'b', 'c'].map((id) => due(id, outside));
    world.free.external = 1;
    await Promise.race([dispatcher.pass(), after(world, 1)]);
    expect(world.starts[0]).toEqual(['a']);
  });

  it.each(['claimRuns', 'startRuns', 'settleRuns'])(
    'asks for its reservations too after a failing %s, and executes none twice',
    async (call) => {
      const { dispatcher, world } = dispatchWorld();
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
    const { dispatcher, world } = dispatchWorld();
    world.busy.add('again');
    world.claimable = [due('again')];
    expect(await dispatcher.pass()).toBe(10_050);
    expect(world.starts).toEqual([]);
    world.busy.delete('again');
    world.now = 10_050;
    await dispatcher.pass();
    expect(world.executed).toEqual(['again']);
  });

  it('replaces what many blocked runs stand behind in one call', async () => {
    const { dispatcher, world } = dispatchWorld();
    world.policies = { overlap: { mode: 'cancel-previous', waitingMax: 1 } };
    const jobOf = (runId: string): number => (runId.startsWith('a') ? 1 : 2);
    world.outcome = (runId) => {
      const active = `${runId[0]}-active`;
      return { outcome: 'blocked', activeRunIds: [active], waitingCount: jobOf(runId) - 1 };
    };
    const waits = { jobId: 2, waiting: true } as const;
    world.waiting = [
      due('b-old', waits),
      due('b-made-up', { ...waits, origin: 'backfill' }),
      // It waits already by a settlement that was not answered.
      due('b9', waits),
      due('b-reserved', { jobId: 2 }),
    ];
    const ids = ['a', 'b'].flatMap((job) => Array.from({ length: 40 }, (_, i) => `${job}${i}`));
    world.claimable = ids.map((id) => due(id, { jobId: jobOf(id) }));
    await dispatcher.pass();
    expect(world.cancelled).toEqual([['a-active', 'b-active', 'b-old']]);
    expect(world.replaced).toEqual([['a-active', 'b-active']]);
    expect(world.listed).toEqual([{ jobId: 2, states: ['PENDING'] }]);
    expect(world.settled.map(({ runId }) => runId).sort()).toEqual([...ids].sort());
    expect(new Set(world.settled.map(({ to }) => to))).toEqual(new Set(['waiting']));
  });

  it('drops what is gone in the store', async () => {
    const { dispatcher, world } = dispatchWorld();
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

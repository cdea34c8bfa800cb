import { dispatchWorld, due, started } from '@tickwork/verify/engine/dispatch-world.ts';
import { describe, expect, it } from 'vitest';
import type { Policies } from '../model/policy.ts';
import { defaultPolicies } from '../model/policy.ts';

const soon = (id: string, fields: Parameters<typeof due>[1] = {}) =>
  due(id, { fireAt: 10_015, ...fields });
const blocked = { outcome: 'blocked', activeRunIds: ['x'], waitingCount: 0 } as const;

describe('Dispatcher, before an instant', () => {
  it('writes the starts of what comes next, to begin at its instant', async () => {
    const { dispatcher, world } = dispatchWorld();
    dispatcher.adopt([soon('a'), soon('b', { fireAt: 10_035 }), soon('later', { fireAt: 10_060 })]);
    expect(await dispatcher.pass()).toBe(10_039);
    expect(world.starts).toEqual([['a', 'b']]);
    expect(world.executions).toMatchObject([{ startedAt: 10_015 }, { startedAt: 10_035 }]);
  });

  it.each<[string, Partial<Policies>]>([
    ['is done at most once', { onNodeLoss: 'fail' }],
    ['is not run late', { misfire: { ...defaultPolicies.misfire, mode: 'skip' } }],
    ['must start in time', { startWithinMs: 1_000 }],
    ['has a rate', { rate: { max: 1, perMs: 1_000, key: null } }],
    ['has a limit', { concurrency: { key: null, max: 1 } }],
    ['needs room in a pool', { pool: { name: 'p', weight: 1, size: 1 } }],
    ['waits after a failure', { onFailure: { retryAfterMs: 1_000, pauseAfter: null } }],
    ['asks before', { onlyIf: { kind: 'function', name: 'work', options: {} } }],
  ])('leaves what %s to the instant', async (_, policies) => {
    const { dispatcher, world } = dispatchWorld();
    world.policies = policies;
    dispatcher.adopt([soon('a')]);
    expect(await dispatcher.pass()).toBe(10_015);
    expect(world.starts).toEqual([]);
    world.now = 10_015;
    await dispatcher.pass();
    expect(world.executed).toEqual(['a']);
  });

  it('leaves what is blocked to the instant', async () => {
    const { dispatcher, world } = dispatchWorld();
    world.outcome = (runId) => (runId === 'a' ? blocked : started);
    dispatcher.adopt([soon('a'), soon('b')]);
    expect(await dispatcher.pass()).toBe(10_015);
    expect([world.executed, world.settled]).toEqual([['b'], []]);
    world.outcome = () => started;
    world.now = 10_015;
    await dispatcher.pass();
    expect(world.starts).toEqual([['a', 'b'], ['a']]);
    expect(world.executed).toEqual(['b', 'a']);
  });

  it('leaves further attempts and scripts to their instants', async () => {
    const { dispatcher, world } = dispatchWorld();
    const again = soon('again', { state: 'RETRY', attempt: 1 });
    dispatcher.adopt([again, soon('script', { handler: 'external:work' })]);
    expect(await dispatcher.pass()).toBe(10_015);
    expect(world.starts).toEqual([]);
  });

  it('takes no slots that it does not have', async () => {
    const { dispatcher, world } = dispatchWorld();
    Object.defineProperty(world.free, 'function', { get: () => 2 - world.busy.size });
    dispatcher.adopt(['a', 'b', 'c'].map((id) => soon(id)));
    expect(await dispatcher.pass()).toBe(10_015);
    expect(world.executed).toEqual(['a', 'b']);
    world.busy.clear();
    await dispatcher.pass();
    expect(world.executed).toEqual(['a', 'b', 'c']);
  });

  it('begins nothing before its instant that may have been started unheard', async () => {
    const { dispatcher, world } = dispatchWorld();
    dispatcher.adopt([soon('a', { fireAt: 10_070 })]);
    world.now = 10_050;
    world.fails = 'startRuns';
    await expect(dispatcher.pass()).rejects.toThrow('startRuns failed');
    world.reserved = [soon('a', { fireAt: 10_070, state: 'RUNNING', attempt: 1, fence: 1 })];
    world.now = 10_069;
    expect(await dispatcher.pass()).toBe(10_100);
    expect(world.executed).toEqual([]);
    world.now = 10_100;
    await dispatcher.pass();
    expect(world.starts).toEqual([['a'], ['a']]);
    expect(world.executions).toMatchObject([{ startedAt: 10_100 }]);
  });

  it('runs nothing early that was granted to a life that has ended', async () => {
    const { dispatcher, world } = dispatchWorld();
    dispatcher.adopt([soon('a')]);
    world.outcome = () => {
      world.nodeId = 'me-again';
      return started;
    };
    await dispatcher.pass();
    expect([world.starts, world.executed]).toEqual([[['a']], []]);
  });
});

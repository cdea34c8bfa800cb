import { definition } from '@tickwork/verify/engine/stored-job.ts';
import { storedRun } from '@tickwork/verify/engine/stored-run.ts';
import { describe, expect, it } from 'vitest';
import type { Node } from '../model/node.ts';
import type { Run } from '../model/run.ts';
import type { Completion } from '../ports/run-store.ts';
import { Reaper } from './reaper.ts';

const node = (id: string, state: Node['state'] = 'up'): Node => ({
  ...{ id, name: id, host: 'h', pid: 1, bootId: '', processStart: '', version: '0' },
  ...{ startedAt: 0, leaseUntil: 100, state },
});

function setUp() {
  const world = {
    mono: 0,
    nodes: [node('me'), node('other'), node('old', 'dead')],
    gone: [] as string[],
    lost: [] as Run[],
    refused: [] as string[],
    work: definition() as ReturnType<typeof definition> | null,
    reaped: [] as { now: number; provenDead: readonly string[] }[],
    completed: [] as Completion[],
    told: [] as string[],
  };
  const reaper = new Reaper({
    store: {
      listNodes: async () => world.nodes,
      listRuns: async () => ({ runs: [], next: null }),
      async reapNodes(now, provenDead) {
        world.reaped.push({ now, provenDead });
        return { nodeIds: provenDead, releasedCount: 0 };
      },
      readRun: async () => ({ attempts: [], output: [] }),
      findLostRuns: async (limit) => world.lost.slice(0, limit),
      async completeRuns(completions) {
        world.completed.push(...completions);
        const ids = completions.map(({ runId }) => runId);
        world.lost = world.lost.filter(({ id }) => !ids.includes(id) || world.refused.includes(id));
        return ids.map((id) => (world.refused.includes(id) ? 'refused' : 'accepted'));
      },
    },
    processWatch: { isGone: ({ id }) => world.gone.includes(id) },
    clock: { now: () => 5_000, mono: () => world.mono },
    leaseMs: 15_000,
    everyMs: 1_000,
    nodeId: () => 'me',
    isNews: () => false,
    onUnhandled: () => {},
    workOf: async (runs) => runs.map(() => world.work),
    aftermathOf: () => ({ followUps: [] }),
    onNodesLost: (ids) => world.told.push(`nodes ${ids.join(' ')}`),
    onRecovered: (run, { state }) => world.told.push(`${run.id} ${state}`),
  });
  return { reaper, world };
}

const lost = (id: string, fields: Partial<Run> = {}): Run =>
  storedRun({
    id,
    state: 'RUNNING',
    nodeId: 'other',
    fence: 3,
    attempt: 3,
    startedAt: 40,
    ...fields,
  });

describe('Reaper', () => {
  it('declares dead whose lease has ended or who is gone, but never itself', async () => {
    const { reaper, world } = setUp();
    world.gone = ['me', 'other', 'old'];
    expect(await reaper.pass()).toBe(6_000);
    expect(world.reaped).toEqual([{ now: 5_000, provenDead: ['other'] }]);
    expect(world.told).toEqual(['nodes other']);
  });

  it('judges nobody by time for one lease after a clock step', async () => {
    const { reaper, world } = setUp();
    world.gone = ['other'];
    reaper.suspend();
    world.mono = 14_999;
    await reaper.pass();
    world.mono = 15_000;
    await reaper.pass();
    expect(world.reaped).toEqual([
      { now: 0, provenDead: ['other'] },
      { now: 5_000, provenDead: ['other'] },
    ]);
  });

  it('looks again as soon as it may judge by time', async () => {
    const { reaper, world } = setUp();
    reaper.suspend();
    world.mono = 14_500;
    expect(await reaper.pass()).toBe(5_500);
  });

  it('declares a former life of its own dead whatever the time', async () => {
    const { reaper, world } = setUp();
    reaper.suspend();
    reaper.giveUp('other');
    await reaper.pass();
    expect(world.reaped).toEqual([{ now: 0, provenDead: ['other'] }]);
    world.nodes = [node('me'), node('other', 'dead')];
    await reaper.pass();
    expect(world.reaped.at(-1)).toEqual({ now: 0, provenDead: [] });
  });

  it('ends lost attempts under their own fence', async () => {
    const { reaper, world } = setUp();
    world.lost = [lost('a'), lost('b', { lostCount: 2 })];
    await reaper.pass();
    expect(world.completed).toMatchObject([
      { runId: 'a', fence: 3, nodeId: 'other', startedAt: 40, endedAt: 5_000, state: 'RETRY' },
      { runId: 'b', fence: 3, state: 'FAILED', reason: 'poison', result: null },
    ]);
    expect(world.told).toEqual(['a RETRY', 'b FAILED']);
  });

  it('says nothing of what others have recovered, and does not go round', async () => {
    const { reaper, world } = setUp();
    world.lost = Array.from({ length: 500 }, (_, i) => lost(`r${i}`));
    world.refused = world.lost.map(({ id }) => id);
    await reaper.pass();
    expect(world.told).toEqual([]);
    expect(world.completed).toHaveLength(500);
  });

  it('recovers any number in one pass', async () => {
    const { reaper, world } = setUp();
    world.lost = Array.from({ length: 1_201 }, (_, i) => lost(`r${i}`));
    await reaper.pass();
    expect(world.told).toHaveLength(1_201);
  });

  it('fails runs whose definition is gone', async () => {
    const { reaper, world } = setUp();
    world.work = null;
    world.lost = [lost('a')];
    await reaper.pass();
    expect(world.completed).toMatchObject([{ state: 'FAILED', reason: 'node-lost', dueAt: null }]);
  });
});

import { storedRun } from '@tickwork/verify/engine/stored-run.ts';
import { describe, expect, it } from 'vitest';
import { Signals } from './signals.ts';

function setUp() {
  const world = {
    change: 5,
    jobsVersion: 1,
    cancelRunIds: [] as string[],
    wall: 1_000,
    mono: 0,
    told: [] as string[],
    jobsFail: false,
  };
  const signals = new Signals({
    store: {
      pollSignals: async () => ({ ...world }),
      findRuns: async (ids) =>
        ids.map((id) =>
          id === 'gone' ? null : storedRun({ id, reason: id === 'o' ? 'overlap' : 'request' }),
        ),
    },
    now: () => world.wall,
    nodeId: () => 'n',
    clock: { now: () => world.wall, mono: () => world.mono },
    everyMs: 200,
    onChange: () => world.told.push('change'),
    onJobsChanged: async () => {
      world.told.push('jobs');
      if (world.jobsFail) throw new Error('down');
    },
    onCancel: (id, reason) => world.told.push(`cancel ${id} ${reason}`),
    onWallStep: () => world.told.push('step'),
  });
  const pass = async (): Promise<string[]> => {
    world.told = [];
    await signals.pass();
    return world.told;
  };
  return { world, pass, signals };
}

describe('Signals', () => {
  it('tells of what is new, and of nothing else', async () => {
    const { world, pass, signals } = setUp();
    expect(await pass()).toEqual(['jobs', 'change']);
    expect(await pass()).toEqual([]);
    world.change = 9;
    expect(await pass()).toEqual(['change']);
    world.jobsVersion = 2;
    expect(await pass()).toEqual(['jobs']);
    expect(await signals.pass()).toBe(1_200);
  });

  it('reads jobs again until that has succeeded', async () => {
    const { world, pass } = setUp();
    world.jobsFail = true;
    await expect(pass()).rejects.toThrow('down');
    world.jobsFail = false;
    expect(await pass()).toEqual(['jobs', 'change']);
  });

  it('passes on requests to stop with their reason, as long as they stand', async () => {
    const { world, pass } = setUp();
    await pass();
    world.cancelRunIds = ['r', 'gone', 'o'];
    expect(await pass()).toEqual(['cancel r request', 'cancel o overlap']);
    expect(await pass()).toEqual(['cancel r request', 'cancel o overlap']);
  });

  it.each([
    [400, false],
    [-400, false],
    [3_600_000, true],
    [-3_600_000, true],
  ])('with a wall clock set by %i ms tells of a step: %s', async (byMs, expected) => {
    const { world, pass } = setUp();
    await pass();
    world.wall += 200;
    world.mono += 200;
    expect(await pass()).toEqual([]);
    world.wall += 200 + byMs;
    world.mono += 200;
    expect(await pass()).toEqual(expected ? ['step'] : []);
    expect(await pass()).toEqual([]);
  });
});

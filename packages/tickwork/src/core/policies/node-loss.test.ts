import { EngineWorld } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';

const work = (): EngineWorld =>
  new EngineWorld().task('work', (_, { sleep }) => sleep(10_000)).task('quick');

describe('the loss of a node', () => {
  it('starts its runs again on another, within lease and reap time', async () => {
    const world = work();
    const first = await world.start();
    await world.start();
    const { runId } = await first.scheduler.enqueue('work');
    await world.to(3_000);
    const [lost] = world.calls;
    const victim = world.nodes.find(({ name }) => name === lost?.node);
    victim?.crash();
    await world.to(40_000);
    expect(world.calls).toMatchObject([
      { attempt: 1, fence: 1, to: null },
      { attempt: 2, fence: 2 },
    ]);
    expect(world.calls[1]?.from).toBeLessThanOrEqual(3_000 + 15_000 + 5_000 + 1_000);
    const survivor = world.nodes.find((node) => node !== victim);
    const { run, attempts } = (await survivor?.scheduler.findRun(runId)) ?? {};
    expect(run).toMatchObject({ state: 'SUCCESS', failedCount: 0, lostCount: 0 });
    expect(attempts?.map(({ outcome }) => outcome)).toEqual(['lost', 'success']);
    expect(await world.problems()).toEqual([]);
  });

  it('takes over at once from a process of this host that is provably gone', async () => {
    const world = work();
    const first = await world.start();
    await first.scheduler.enqueue('work');
    await world.to(3_000);
    first.crash();
    await world.start({ isGone: (name) => name === 'n1' });
    await world.to(3_500);
    expect(world.calls.map(({ node, from }) => `${node} ${from}`)).toEqual(['n1 0', 'n2 3000']);
  });

  it('makes no second attempt where at most one is wanted', async () => {
    const world = work();
    const first = await world.start();
    const policies = { onNodeLoss: 'fail' } as const;
    const { runId } = await first.scheduler.enqueue('work', null, { policies });
    await world.to(3_000);
    first.crash();
    const second = await world.start();
    await world.to(60_000);
    expect(world.calls).toHaveLength(1);
    expect((await second.scheduler.findRun(runId)).run).toMatchObject({
      state: 'FAILED',
      reason: 'node-lost',
    });
  });

  it('three times in a row puts the run aside as poison', async () => {
    const world = work();
    const { runId } = await world.node().scheduler.enqueue('work');
    for (let life = 0; life < 5; life++) {
      const node = await world.start({ isGone: () => true });
      await world.pass(1_000);
      node.crash();
    }
    await world.start({ isGone: () => true });
    await world.pass(10_000);
    expect(world.calls.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    const { run } = (await world.nodes.at(-1)?.scheduler.findRun(runId)) ?? {};
    expect(run).toMatchObject({ state: 'FAILED', reason: 'poison', failedCount: 0 });
  });

  it('does not count attempts that failed or succeeded between as in a row', async () => {
    const world = new EngineWorld();
    world.task('mixed', async (_, { attempt, sleep }) => {
      if (attempt === 3) return false;
      await sleep(attempt === 6 ? 1_000 : 100_000);
      return true;
    });
    const policies = { retry: { attempts: 1, delay: 0 }, timeout: false } as const;
    const { runId } = await world.node().scheduler.enqueue('mixed', null, { policies });
    for (let life = 0; life < 4; life++) {
      const node = await world.start({ isGone: () => true });
      await world.pass(1_000);
      node.crash();
    }
    await world.start({ isGone: () => true });
    await world.pass(10_000);
    // 1, 2 lost; 3 failed; 4, 5 lost; 6 is done.
    const { run } = (await world.nodes.at(-1)?.scheduler.findRun(runId)) ?? {};
    expect(run).toMatchObject({ state: 'SUCCESS', attempt: 6, failedCount: 1 });
  });

  it('cancels a run that was asked to stop', async () => {
    const world = work();
    const first = await world.start();
    const { runId } = await first.scheduler.enqueue('work');
    await world.to(3_000);
    first.crash();
    const second = await world.start();
    await second.scheduler.cancel(runId);
    await world.to(60_000);
    expect((await second.scheduler.findRun(runId)).run).toMatchObject({
      state: 'CANCELLED',
      reason: 'request',
    });
    expect(world.calls).toHaveLength(1);
  });

  it('leaves no reservation behind', async () => {
    const world = work();
    const first = await world.start();
    await first.scheduler.job('j', { every: '10s', task: 'quick', misfire: 'fire-all' });
    await world.to(19_000);
    first.crash();
    await world.start();
    await world.to(60_500);
    const ran = [10, 20, 30, 40, 50, 60].map((s) => `${s * 1000} SUCCESS`);
    expect(await world.fates('j')).toEqual(ran);
    expect(await world.problems()).toEqual([]);
  });
});

describe('a node that is cut off', () => {
  it('stops its work before its lease ends, and begins a new life afterwards', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(60_000));
    const first = await world.start();
    await world.start();
    const { runId } = await first.scheduler.enqueue('work', null, { policies: { timeout: false } });
    await world.to(2_000);
    const victim = world.nodes.find(({ name }) => name === world.calls[0]?.node);
    victim?.link.setDown(true);
    await world.to(30_000);
    const [cutOff, second] = world.calls;
    expect(cutOff?.aborted).toBe('FENCED');
    expect(cutOff?.to).toBeLessThanOrEqual(15_000);
    expect(second?.from).toBeGreaterThan(cutOff?.to ?? 0);
    victim?.link.setDown(false);
    await world.to(120_000);
    expect(world.calls).toHaveLength(2);
    const { run } = (await world.nodes.at(-1)?.scheduler.findRun(runId)) ?? {};
    expect(run).toMatchObject({ state: 'SUCCESS', attempt: 2 });
    expect(world.told('node.lost').some(({ self }) => self)).toBe(true);
  });

  it('works again when the store is back, all loops of it', async () => {
    const world = work();
    const { scheduler, link } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'quick' });
    await world.to(5_000);
    link.setDown(true);
    await world.to(65_000);
    link.setDown(false);
    await world.to(80_000);
    // Another node dies with a run that only it could do: the first one's reaper is awake.
    world.task('other', (_, { sleep }) => sleep(10_000));
    const other = await world.start();
    await other.scheduler.enqueue('other', null, { requestId: 'late' });
    await world.to(82_000);
    other.crash();
    await world.to(110_000);
    expect(await world.problems()).toEqual([]);
    expect((await scheduler.findRun('e_late')).run).toMatchObject({
      state: 'RETRY',
      reason: 'node-lost',
    });
  });

  it('takes up a run again that its own former life had not stopped in time', async () => {
    const world = new EngineWorld();
    // Deaf for longer than the node needs to come back.
    world.task('deaf', async (_, { attempt, sleepDeaf }) => {
      await sleepDeaf(attempt === 1 ? 21_000 : 1_000);
      return attempt;
    });
    const { scheduler, link } = await world.start();
    const policies = { cancelGrace: '60s', timeout: false } as const;
    const { runId } = await scheduler.enqueue('deaf', null, { policies });
    await world.to(1_000);
    link.setDown(true);
    await world.to(16_000);
    link.setDown(false);
    await world.to(60_000);
    expect((await scheduler.findRun(runId)).run).toMatchObject({ state: 'SUCCESS', result: 2 });
    expect(world.calls.map(({ attempt }) => attempt)).toEqual([1, 2]);
    expect(world.calls[1]?.from).toBeGreaterThanOrEqual(world.calls[0]?.to ?? 0);
    expect(world.told('run.refused')).toHaveLength(1);
  });
});

describe('a store that is locked for all', () => {
  const troubles = ['STORE_LOCKED', 'STORE_FULL'] as const;
  const cases = troubles.flatMap((code) =>
    [1, 2].flatMap((nodes) => [20, 60].map((seconds) => ({ code, nodes, seconds }))),
  );

  it.each(cases)('$code for $seconds s costs none of $nodes nodes a run', async (each) => {
    const { code, nodes, seconds } = each;
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(100_000));
    for (let i = 0; i < nodes; i++) await world.start();
    const [first] = world.nodes;
    if (first === undefined) throw new Error('no node');
    const policies = { timeout: false, onNodeLoss: 'fail' } as const;
    const again = { timeout: false } as const;
    const once = await first.scheduler.enqueue('work', null, { policies });
    const often = await first.scheduler.enqueue('work', null, { policies: again });
    // The nodes renew at different times, so that one is late before the other.
    await world.to(3_000);
    for (const { link } of world.nodes) link.setTrouble(code);
    await world.to(3_000 + seconds * 1000);
    for (const { link } of world.nodes) link.setTrouble(null);
    await world.to(130_000);
    for (const { runId } of [once, often]) {
      const { run } = await first.scheduler.findRun(runId);
      expect(run).toMatchObject({ state: 'SUCCESS', attempt: 1 });
    }
    expect(world.calls).toHaveLength(2);
    expect(world.told('node.lost')).toEqual([]);
    expect(await world.problems()).toEqual([]);
  });

  it('costs a node its runs that dies meanwhile, one lease after the lock', async () => {
    const world = work();
    const first = await world.start();
    await world.start();
    const { runId } = await first.scheduler.enqueue('work');
    await world.to(3_000);
    const victim = world.nodes.find(({ name }) => name === world.calls[0]?.node);
    const survivor = world.nodes.find((node) => node !== victim);
    survivor?.link.setTrouble('STORE_LOCKED');
    victim?.crash();
    await world.to(33_000);
    survivor?.link.setTrouble(null);
    await world.to(80_000);
    expect((await survivor?.scheduler.findRun(runId))?.run).toMatchObject({ state: 'SUCCESS' });
    const again = world.calls[1]?.from ?? 0;
    expect(again).toBeGreaterThanOrEqual(33_000 + 15_000);
    expect(again).toBeLessThanOrEqual(33_000 + 15_000 + 2_000);
  });

  it('does not save a node that others could take over from', async () => {
    const world = work();
    const first = await world.start();
    await world.start();
    const { runId } = await first.scheduler.enqueue('work', null, { policies: { timeout: false } });
    await world.to(3_000);
    const starved = world.nodes.find(({ name }) => name === world.calls[0]?.node);
    const other = world.nodes.find((node) => node !== starved);
    starved?.link.setTrouble('STORE_LOCKED');
    await world.to(25_000);
    expect(world.calls).toHaveLength(2);
    starved?.link.setTrouble(null);
    await world.to(80_000);
    const { run } = (await other?.scheduler.findRun(runId)) ?? {};
    expect(run).toMatchObject({ state: 'SUCCESS', attempt: 2 });
    expect(world.told('run.refused')).toHaveLength(1);
  });
});

describe('stopping a node', () => {
  it('waits for what runs and gives back what it reserved', async () => {
    const world = work();
    const first = await world.start();
    await first.scheduler.job('j', { every: '4s', task: 'work', limit: 4, overlap: 'allow' });
    await world.to(11_500);
    await world.during(first.scheduler.stop());
    // The last began at 8 s and took 10 s.
    expect(world.now).toBe(18_000);
    expect(await world.store.listNodes(10)).toMatchObject([{ state: 'left' }]);
    await world.start();
    await world.to(40_000);
    expect(world.calls.map(({ from, node }) => `${node} ${from}`)).toEqual([
      'n1 4000',
      'n1 8000',
      'n2 18000',
    ]);
    expect(await world.problems()).toEqual([]);
  });

  it('interrupts what does not end in time; it goes on elsewhere at once', async () => {
    const world = work();
    const first = await world.start();
    const { runId } = await first.scheduler.enqueue('work');
    await world.to(1_000);
    await world.start();
    await world.during(first.scheduler.stop({ timeoutMs: 2_000 }));
    expect(world.now).toBe(3_000);
    await world.to(20_000);
    expect(world.calls.map(({ from, node }) => `${node} ${from}`)).toEqual(['n1 0', 'n2 3000']);
    const { run, attempts } = (await world.nodes[1]?.scheduler.findRun(runId)) ?? {};
    expect(run).toMatchObject({ state: 'SUCCESS', failedCount: 0 });
    expect(attempts?.map(({ outcome }) => outcome)).toEqual(['cancelled', 'success']);
  });

  it('can be followed by a new start of the same scheduler', async () => {
    const world = work();
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'quick' });
    await world.to(11_000);
    await world.during(scheduler.stop());
    await world.to(15_000);
    await scheduler.start();
    await world.to(31_000);
    expect(world.calls.map(({ from }) => from)).toEqual([10_000, 20_000, 30_000]);
    expect(await world.problems()).toEqual([]);
  });
});

import { EngineWorld, WORLD_BEGAN_AT } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';
import type { JobInput } from '../declaration/job-input.ts';

const at = (ms: number): number => WORLD_BEGAN_AT + ms;
const MINUTE = 60_000;

interface Case {
  readonly name: string;
  readonly trigger: Partial<JobInput> | { readonly trigger: JobInput['trigger'] };
  readonly untilMs: number;
  readonly began: readonly number[];
}

const cases: readonly Case[] = [
  {
    name: 'an interval counts from the declaration',
    trigger: { every: '7s' },
    untilMs: 25_000,
    began: [7_000, 14_000, 21_000],
  },
  {
    name: 'an anchored interval keeps to its grid',
    trigger: { every: '7s', anchor: at(-2_000) },
    untilMs: 20_000,
    began: [5_000, 12_000, 19_000],
  },
  {
    name: 'a union fires equal instants once',
    trigger: { trigger: [{ every: '4s' }, { every: '6s' }] },
    untilMs: 12_500,
    began: [4_000, 6_000, 8_000, 12_000],
  },
  {
    name: 'a start is the first instant of the grid',
    trigger: { every: '5s', startAt: at(12_000) },
    untilMs: 23_000,
    began: [12_000, 17_000, 22_000],
  },
  {
    name: 'an end is inclusive',
    trigger: { every: '5s', endAt: at(15_000) },
    untilMs: 60_000,
    began: [5_000, 10_000, 15_000],
  },
  {
    name: 'a maximum number of instants ends it',
    trigger: { every: '5s', runsMax: 2 },
    untilMs: 60_000,
    began: [5_000, 10_000],
  },
  {
    name: 'a one-off instant fires once',
    trigger: { once: at(9_999) },
    untilMs: 60_000,
    began: [9_999],
  },
  {
    name: 'a one-off instant of this very moment fires at once',
    trigger: { once: at(0) },
    untilMs: 60_000,
    began: [0],
  },
  {
    name: 'a cron expression of each minute',
    trigger: { cron: '* * * * *' },
    untilMs: 3 * MINUTE + 1,
    began: [MINUTE, 2 * MINUTE, 3 * MINUTE],
  },
  {
    name: 'a time of day in the zone of the job',
    trigger: { daily: '01:05', zone: 'Europe/Berlin' },
    untilMs: 30 * MINUTE,
    began: [5 * MINUTE],
  },
];

describe('triggers in the engine', () => {
  it.each(cases)('$name', async ({ trigger, untilMs, began }) => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { task: 'work', ...trigger } as JobInput);
    await world.to(untilMs);
    expect(world.calls.map(({ from }) => from)).toEqual(began);
    expect(await world.problems()).toEqual([]);
  });

  it('moves starts by a stable jitter and keeps the nominal instant as the key', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', jitter: '4s', task: 'work', overlap: 'allow' });
    await world.to(205_000);
    expect(world.calls.map(({ fireAt }) => fireAt)).toEqual(
      Array.from({ length: 20 }, (_, i) => (i + 1) * 10_000),
    );
    const delays = world.calls.map(({ from, fireAt }) => from - fireAt);
    expect(Math.min(...delays)).toBeGreaterThanOrEqual(0);
    expect(Math.max(...delays)).toBeLessThanOrEqual(4_000);
    expect(new Set(delays).size).toBeGreaterThan(15);
    const planned = await world.runs('j');
    expect(planned.slice(0, 20).map(({ startAt, fireAt }) => startAt - fireAt)).toEqual(delays);
    expect(await world.problems(5_000)).toEqual([]);
  });

  it('judges lateness by the start with its jitter', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = world.node();
    const policies = { misfire: { mode: 'skip', grace: '1s' } } as const;
    await scheduler.job('j', { once: at(10_000), jitter: '60s', task: 'work', ...policies });
    const startAt = (await world.scheduledStart('j', 10_000)) - WORLD_BEGAN_AT;
    expect(startAt).toBeGreaterThan(12_000);
    await world.to(startAt - 500);
    await scheduler.start();
    await world.to(80_000);
    expect(world.calls.map(({ from }) => from)).toEqual([startAt]);
    expect(await world.problems()).toEqual([]);
  });

  it('counts a delay from the end of each run, whatever it came to', async () => {
    const world = new EngineWorld();
    world.task('uneven', async (_, { sleep, fireAt }) => {
      const turn = Math.floor((fireAt - WORLD_BEGAN_AT) / 1_000) % 3;
      await sleep(1_000 + turn * 1_000);
      return turn !== 1;
    });
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '5s', from: 'end', task: 'uneven', retry: false });
    await world.to(60_000);
    const { calls } = world;
    expect(calls.length).toBeGreaterThan(6);
    for (const [i, call] of calls.entries()) {
      const former = calls[i - 1];
      if (former) expect(call.from - (former.to ?? 0)).toBe(5_000);
    }
  });

  it('counts a delay from the last of a run’s attempts', async () => {
    const world = new EngineWorld().task('flaky', (_, { attempt }) => attempt > 1);
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', from: 'end', task: 'flaky' });
    await world.to(31_000);
    expect(world.calls.map(({ from }) => from)).toEqual([1, 5_001, 15_001, 20_001, 30_001]);
  });

  it('counts a delay anew after the node that ran it was lost', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(3_000));
    const first = await world.start();
    await first.scheduler.job('j', { every: '5s', from: 'end', task: 'work' });
    await world.to(1_000);
    first.crash();
    await world.start({ isGone: () => true });
    await world.to(20_000);
    expect(world.calls.map(({ from, attempt }) => `${from} ${attempt}`)).toEqual([
      '1 1',
      '1000 2',
      '9000 1',
      '17000 1',
    ]);
  });

  it('draws the same random lengths after a failover', async () => {
    const input = { random: { min: '5s', max: '20s' }, task: 'work' } as const;
    const calm = new EngineWorld().task('work');
    await (await calm.start()).scheduler.job('j', input);
    await calm.to(5 * MINUTE);
    const rough = new EngineWorld().task('work');
    const first = await rough.start();
    await first.scheduler.job('j', input);
    await rough.to(61_000);
    await rough.during(first.scheduler.stop());
    await rough.start();
    await rough.to(5 * MINUTE);
    const instants = calm.calls.map(({ fireAt }) => fireAt);
    expect(instants.length).toBeGreaterThan(14);
    expect(rough.calls.map(({ fireAt }) => fireAt)).toEqual(instants);
    expect(await rough.problems()).toEqual([]);
  });
});

describe('jobs that start with a node', () => {
  it('run at each start of a node, or at the first one of a cold cluster', async () => {
    const world = new EngineWorld().task('work');
    const outside = world.node();
    await outside.scheduler.job('each', { startup: 'node', task: 'work' });
    await outside.scheduler.job('cold', { startup: true, task: 'work' });
    const first = await world.start();
    await world.to(1_000);
    const second = await world.start();
    await world.to(2_000);
    await world.during(first.scheduler.stop());
    await world.during(second.scheduler.stop());
    await world.to(60_000);
    await world.start();
    await world.to(61_000);
    const began = (job: string): number[] =>
      world.calls.filter(({ jobName }) => jobName === job).map(({ from }) => from);
    expect(began('each')).toEqual([0, 1_000, 60_000]);
    expect(began('cold')).toEqual([0, 60_000]);
  });

  it('do not run again when a node comes back after it was cut off', async () => {
    const world = new EngineWorld().task('work');
    const node = world.node();
    await node.scheduler.job('each', { startup: 'node', task: 'work' });
    await node.scheduler.start();
    await world.to(5_000);
    node.link.setDown(true);
    await world.to(60_000);
    node.link.setDown(false);
    await world.to(120_000);
    expect(world.calls).toHaveLength(1);
    expect(world.told('node.started').length).toBe(2);
  });

  it('run when the same scheduler is started again', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = world.node();
    await scheduler.job('each', { startup: 'node', task: 'work' });
    await scheduler.start();
    await world.to(1_000);
    await world.during(scheduler.stop());
    await scheduler.start();
    await world.to(2_000);
    expect(world.calls).toHaveLength(2);
  });

  it('are skipped while paused', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = world.node();
    await scheduler.job('each', { startup: 'node', task: 'work' });
    await scheduler.pause('each');
    await scheduler.start();
    await world.to(5_000);
    expect(world.calls).toEqual([]);
  });
});

describe('jobs that run after others', () => {
  it.each([
    ['success', ['good']],
    ['failure', ['bad', 'slow']],
    ['completion', ['good', 'bad', 'slow', 'stopped']],
  ] as const)('on %s run after %j', async (on, after) => {
    const world = new EngineWorld().task('good').task('bad', () => false);
    world.task('slow', (_, { sleep }) => sleep(100_000)).task('next');
    const { scheduler } = await world.start();
    const jobs = { good: 'good', bad: 'bad', slow: 'slow', stopped: 'slow' };
    for (const [name, task] of Object.entries(jobs)) {
      const timeout = name === 'slow' ? '2s' : '1h';
      await scheduler.job(name, { manual: true, task, timeout, retry: false });
      await scheduler.job(`after ${name}`, { after: name, on, task: 'next' });
      await scheduler.runNow(name, { requestId: 'r' });
    }
    await world.to(1_000);
    const [stopped] = await world.runs('stopped');
    await scheduler.cancel(stopped?.id ?? '');
    await world.to(10_000);
    const followers = world.calls.filter(({ task }) => task === 'next');
    expect(followers.map(({ jobName }) => jobName?.slice(6)).sort()).toEqual([...after].sort());
  });

  it('run once for each end, on whichever node it came', async () => {
    const world = new EngineWorld().task('work').task('next');
    const first = await world.start();
    await world.start();
    await first.scheduler.job('up', { every: '1s', task: 'work' });
    await world.to(300);
    await world.nodes[1]?.scheduler.job('down', { after: 'up', task: 'next', overlap: 'allow' });
    await world.to(20_500);
    const ups = world.calls.filter(({ jobName, to }) => jobName === 'up' && to !== null);
    const downs = world.calls.filter(({ jobName }) => jobName === 'down');
    expect(downs).toHaveLength(ups.length);
    expect(new Set(downs.map(({ runId }) => runId)).size).toBe(downs.length);
  });

  it('follow each other in a chain', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(1_000));
    const { scheduler } = await world.start();
    await scheduler.job('a', { every: '10s', limit: 1, task: 'work' });
    await scheduler.job('b', { after: 'a', task: 'work' });
    await scheduler.job('c', { after: ['a', 'b'], task: 'work', overlap: 'queue-all' });
    await world.to(30_000);
    expect(world.calls.map(({ jobName, from }) => `${jobName} ${from}`)).toEqual([
      'a 10000',
      'b 11000',
      'c 11000',
      'c 12000',
    ]);
  });

  it('of a failed run come after its last attempt', async () => {
    const world = new EngineWorld().task('bad', () => false).task('next');
    const { scheduler } = await world.start();
    await scheduler.job('a', { every: '10s', limit: 1, task: 'bad', retry: 1 });
    await scheduler.job('b', { after: 'a', on: 'failure', task: 'next' });
    await world.to(30_000);
    expect(world.spans('b')).toEqual(['15000-15000']);
  });

  it('of a run that was lost for good come after its recovery', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(9_000)).task('next');
    const first = await world.start();
    await first.scheduler.job('a', { manual: true, task: 'work', onNodeLoss: 'fail' });
    await first.scheduler.job('b', { after: 'a', on: 'failure', task: 'next' });
    await first.scheduler.runNow('a');
    await world.to(1_000);
    first.crash();
    await world.start({ isGone: () => true });
    await world.to(2_000);
    expect(world.spans('b')).toEqual(['1000-1000']);
  });

  it('leave no row while disabled and a skipped one while paused', async () => {
    const world = new EngineWorld().task('work').task('next');
    const { scheduler } = await world.start();
    await scheduler.job('a', { every: '10s', limit: 1, task: 'work' });
    await scheduler.job('paused', { after: 'a', task: 'next' });
    await scheduler.job('disabled', { after: 'a', task: 'next', status: 'disabled' });
    await scheduler.pause('paused');
    await world.to(20_000);
    expect(await world.fates('paused')).toEqual(['10000 SKIPPED paused']);
    expect(await world.runs('disabled')).toEqual([]);
  });
});

import { EngineWorld } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';
import type { JobInput } from '../declaration/job-input.ts';

interface Case {
  readonly name: string;
  readonly retry?: JobInput['retry'];
  /** Attempts that fail before one succeeds. */
  readonly failures: number;
  /** When each attempt began. */
  readonly began: readonly number[];
  readonly fate: string;
}

const cases: readonly Case[] = [
  { name: 'by default three further attempts 5 s apart', failures: 9, began: [10, 15, 20, 25] },
  { name: 'none after a success', failures: 1, began: [10, 15], fate: 'SUCCESS' },
  { name: 'none where none is wanted', retry: 0, failures: 9, began: [10] },
  { name: 'none for false', retry: false, failures: 9, began: [10] },
  {
    name: 'a fixed delay',
    retry: { attempts: 2, delay: '7s' },
    failures: 9,
    began: [10, 17, 24],
  },
  {
    name: 'an exponential delay up to its maximum',
    retry: { attempts: 5, backoff: 'exponential', delay: '1s', factor: 3, maxDelay: '10s' },
    failures: 9,
    began: [10, 11, 14, 23, 33, 43],
  },
  {
    name: 'a list of delays',
    retry: { delays: ['1s', '10s', '2s'] },
    failures: 9,
    began: [10, 11, 21, 23],
  },
  {
    name: 'the last delay of a list again and again',
    retry: { delays: ['1s', '2s'], attempts: 4 },
    failures: 9,
    began: [10, 11, 13, 15, 17],
  },
].map((each) => ({
  fate: 'FAILED error',
  ...each,
  began: each.began.map((second) => second * 1000),
})) as readonly Case[];

describe('retry', () => {
  it.each(cases)('makes $name', async ({ retry, failures, began, fate }) => {
    const world = new EngineWorld();
    world.task('flaky', (_, { attempt }) => attempt > failures);
    const { scheduler } = await world.start();
    const given = retry === undefined ? {} : { retry };
    await scheduler.job('j', { every: '10s', limit: 1, task: 'flaky', ...given });
    await world.to(60_000);
    expect(world.calls.map(({ from }) => from)).toEqual(began);
    expect(world.calls.map(({ attempt }) => attempt)).toEqual(began.map((_, i) => i + 1));
    expect(await world.fates('j')).toEqual([`10000 ${fate}`]);
    expect(await world.problems()).toEqual([]);
  });

  it('keeps every attempt and counts the run once', async () => {
    const world = new EngineWorld().task('flaky', (_, { attempt }) => {
      if (attempt < 3) throw new Error(`attempt ${attempt}`);
      return 'done';
    });
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', limit: 1, task: 'flaky' });
    await world.to(30_000);
    const [run] = await world.runs('j');
    const { attempts } = await scheduler.findRun(run?.id ?? '');
    expect(attempts.map(({ attempt, outcome, error }) => [attempt, outcome, error])).toEqual([
      [1, 'failed', 'attempt 1'],
      [2, 'failed', 'attempt 2'],
      [3, 'success', null],
    ]);
    expect(run).toMatchObject({ state: 'SUCCESS', failedCount: 2, result: 'done', error: null });
    expect(await scheduler.stats('j')).toMatchObject({ runCount: 1, successCount: 1 });
  });

  it('with jitter is never early and at most so much later', async () => {
    const world = new EngineWorld().task('fails', () => false);
    const { scheduler } = await world.start();
    const retry = { attempts: 40, delay: '1s', jitter: 0.5 };
    await scheduler.enqueue('fails', null, { policies: { retry } });
    await world.to(70_000);
    const began = world.calls.map(({ from }) => from);
    const pauses = began.slice(1).map((at, i) => at - (began[i] ?? 0));
    expect(pauses).toHaveLength(40);
    expect(Math.min(...pauses)).toBeGreaterThanOrEqual(1000);
    expect(Math.max(...pauses)).toBeLessThan(1500);
    expect(new Set(pauses).size).toBeGreaterThan(30);
  });

  it('counts its delay from the end of a timed-out attempt', async () => {
    const world = new EngineWorld().task('slow', (_, { sleep }) => sleep(60_000));
    const { scheduler } = await world.start();
    const policies = { timeout: '4s', retry: { attempts: 2, delay: '3s' } };
    await scheduler.job('j', { every: '10s', limit: 1, task: 'slow', ...policies });
    await world.to(60_000);
    expect(world.spans('j')).toEqual(['10000-14000', '17000-21000', '24000-28000']);
    expect(await world.fates('j')).toEqual(['10000 FAILED timeout']);
    expect(world.calls.map(({ aborted }) => aborted)).toEqual([
      'TASK_TIMEOUT',
      'TASK_TIMEOUT',
      'TASK_TIMEOUT',
    ]);
  });

  it('gives up a deaf attempt after its grace, and goes on', async () => {
    const world = new EngineWorld().task('deaf', (_, { sleepDeaf }) => sleepDeaf(60_000));
    const { scheduler } = await world.start({ concurrency: { function: 1 } });
    const policies = { timeout: '4s', cancelGrace: '2s', retry: { attempts: 1, delay: '1s' } };
    await scheduler.job('j', { every: '10s', limit: 1, task: 'deaf', ...policies });
    await world.to(60_000);
    // The slot is free again at 16 s, although the handler never stopped.
    expect(world.calls.map(({ from }) => from)).toEqual([10_000, 17_000]);
    expect(await world.fates('j')).toEqual(['10000 FAILED timeout']);
    expect(world.told('run.abandoned')).toHaveLength(2);
  });

  it('does the same work again as a new run when asked to', async () => {
    const world = new EngineWorld().task('fails', () => false);
    const { scheduler } = await world.start();
    const retry = false;
    await scheduler.job('j', { every: '10s', limit: 1, task: 'fails', input: 'x', retry });
    await world.to(11_000);
    const [run] = await world.runs('j');
    const again = await scheduler.retry(run?.id ?? '');
    await world.to(12_000);
    expect(await world.fates('j')).toEqual(['10000 FAILED error', '11000 FAILED error']);
    expect((await scheduler.findRun(again.runId)).run).toMatchObject({ parentId: run?.id });
    expect(world.calls.map(({ input }) => input)).toEqual(['x', 'x']);
  });
});

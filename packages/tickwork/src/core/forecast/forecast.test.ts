import { describe, expect, it } from 'vitest';
import { createTestScheduler, type TestScheduler } from '../../testing/manual-scheduler.ts';
import type { ForecastOptions } from '../operations/questions-api.ts';
import { measureDurations } from './measure-durations.ts';

const START = '2027-03-01T00:00Z';
const MINUTE_MS = 60_000;

async function world(): Promise<TestScheduler> {
  return await createTestScheduler({
    start: START,
    timings: { pollEveryMs: 10_000, renewEveryMs: 60_000, leaseMs: 600_000, reapEveryMs: 60_000 },
  });
}

async function forecast(jobs: Record<string, object>, options: ForecastOptions = {}) {
  const test = await world();
  try {
    return await test.scheduler.forecast({ from: START, jobs: jobs as never, ...options });
  } finally {
    await test.close();
  }
}

describe('a forecast is what the engine does', () => {
  it.each([
    ['skip', 90_000],
    ['allow', 150_000],
    ['queue-one', 90_000],
    ['queue-all', 61_000],
    ['cancel-previous', 90_000],
    ['skip', 30_000],
  ])('overlap %s, runs of %i ms', async (overlap, durationMs) => {
    const job = { every: '1m', task: 'work', overlap, retry: 0, timeout: '10m' };
    const test = await world();
    test.scheduler.task('work', (_input, { signal }) =>
      Promise.race([
        test.sleep(durationMs),
        new Promise((_resolve, reject) => {
          signal.addEventListener('abort', () => reject(signal.reason));
        }),
      ]),
    );
    await test.scheduler.job('job', job as never);
    const told = await test.scheduler.forecast({
      ...{ from: START, to: '1h', assume: durationMs, durations: {} },
    });
    await test.advanceBy('1h');
    const { runs } = await test.scheduler.runs({ jobName: 'job' }, { limit: 1000 });
    const due = runs.filter((run) => run.fireAt <= Date.parse(START) + 3_600_000);
    const started = due.filter((run) => run.startedAt !== null).length;
    const skipped = due.filter((run) => run.state === 'SKIPPED').length;
    const [job1] = told.jobs;
    expect(job1?.runCount).toBe(started);
    expect((job1?.skipped.overlap ?? 0) + (job1?.skipped.limit ?? 0)).toBe(skipped);
    expect(job1?.instantCount).toBe(due.length);
    await test.close();
  });

  it('counts what follows other jobs and what counts from ends', async () => {
    const { jobs } = await forecast(
      {
        first: { every: '10m', task: 'work' },
        second: { after: 'first', task: 'work' },
        third: { every: '9m', from: 'end', task: 'work' },
      },
      { to: '1h', assume: '1m' },
    );
    expect(jobs.map((job) => [job.jobName, job.runCount])).toEqual([
      ['first', 6],
      ['second', 5],
      ['third', 6],
    ]);
  });
});

describe('forecast', () => {
  it('tells hours, peaks, slots and quiet windows', async () => {
    const told = await forecast(
      {
        a: { cron: '0 6 * * *', task: 'work', timeout: '1h' },
        b: { cron: '30 6 * * *', task: 'work', timeout: '1h' },
      },
      { to: '1d', assume: '45m' },
    );
    const at = (hour: number, minute = 0): number => Date.UTC(2027, 2, 1, hour, minute);
    expect(told.runCount).toBe(2);
    expect(told.peak).toEqual({ runningCount: 2, peakAt: at(6, 30) });
    expect(told.hours.filter((hour) => hour.runningCountMax > 0)).toEqual([
      { hourAt: at(6), startedCount: 2, runningCountMax: 2 },
      { hourAt: at(7), startedCount: 0, runningCountMax: 1 },
    ]);
    expect(told.quietWindows).toEqual([
      { fromAt: at(0), untilAt: at(6) },
      { fromAt: at(7, 15), untilAt: at(24) },
    ]);
    expect(told.slots.function.busyShare).toBeCloseTo(1.5 / 24 / 100, 6);
    expect([told.assumedCount, told.collisionCount]).toEqual([2, 0]);
  });

  it('lets runs wait for free slots, and tells how late they are', async () => {
    const names = ['a', 'b', 'c', 'd'];
    const job = { cron: '0 6 * * *', task: 'work', timeout: '1h' };
    const jobs = Object.fromEntries(names.map((name) => [name, job]));
    const tight = { to: '1d', assume: '10m', slots: { function: 1 } };
    const told = await forecast(jobs, tight);
    expect(told.jobs.map((each) => each.latenessMsMax / MINUTE_MS)).toEqual([0, 10, 20, 30]);
    expect(told.slots.function).toMatchObject({ runningCount: 1, fullMs: 30 * MINUTE_MS });
    const shared = await forecast(jobs, { ...tight, nodes: 4 });
    expect(shared.jobs.map((each) => each.lateCount)).toEqual([0, 0, 0, 0]);
    const strict = await forecast({ ...jobs, d: { ...job, misfire: 'skip' } } as never, tight);
    expect(strict.jobs[3]).toMatchObject({ runCount: 0, skipped: { misfire: 1 } });
  });

  it('names collisions, timeouts and clock changes', async () => {
    const told = await forecast(
      {
        busy: { every: '1m', task: 'work', timeout: '90s' },
        night: { daily: '02:30', zone: 'Europe/Berlin', task: 'work' },
      },
      { from: '2027-03-27T00:00Z', to: '2027-03-29T00:00Z', assume: '5m' },
    );
    expect(told.collisions[0]).toMatchObject({ jobName: 'busy', outcome: 'skip' });
    expect(told.collisions).toHaveLength(100);
    expect(told.collisionCount).toBeGreaterThan(1000);
    expect(told.jobs[0]?.timeoutCount).toBeGreaterThan(1000);
    expect(told.clockNotes).toMatchObject([{ jobName: 'night' }]);
    expect(told.clockNotes[0]?.instantsAt).toEqual([Date.UTC(2027, 2, 28, 1)]);
  });

  it('takes stored jobs, what they took, and their pauses', async () => {
    const test = await world();
    test.scheduler.task('work', () => test.sleep('20s'));
    await test.scheduler.job('job', { every: '10m', task: 'work' });
    await test.scheduler.job('limited', { every: '10m', task: 'work', runsMax: 10 } as never);
    await test.advanceBy('1h5m');
    const { jobs } = await test.scheduler.forecast({ to: '1h' });
    expect(jobs.map((job) => [job.runCount, job.durationMs])).toEqual([
      [6, 20_000],
      [4, 20_000],
    ]);
    await test.scheduler.pause('job', { until: '2027-03-01T01:35Z' });
    const paused = await test.scheduler.forecast({ to: '1h' });
    expect(paused.jobs[0]?.runCount).toBe(3);
    await test.close();
  });

  it('goes through ten thousand jobs', async () => {
    const jobs = Object.fromEntries(
      Array.from({ length: 10_000 }, (_, i) => [
        `job${i}`,
        { cron: `H H/${(i % 6) + 1} * * *`, task: 'work' },
      ]),
    );
    const told = await forecast(jobs, { to: '7d', assume: '10s' });
    expect(told.jobs).toHaveLength(10_000);
    expect(told.runCount).toBeGreaterThan(500_000);
    expect(told.hours).toHaveLength(168);
  });

  it.each<[ForecastOptions, string]>([
    [{ to: '2027-02-01' }, 'INVALID_INPUT'],
    [{ to: '400d' }, 'INVALID_INPUT'],
    [{ to: 'never' }, 'INVALID_INSTANT'],
    [{ to: '7x' }, 'INVALID_DURATION'],
    [{ assume: 'long' }, 'INVALID_DURATION'],
    [{ nodes: 0 }, 'INVALID_INPUT'],
    [{ jobs: { a: { cron: 'x', task: 'w' } } }, 'INVALID_CRON'],
  ])('refuses %j', async (options, code) => {
    const job = { every: '1h', task: 'work' };
    await expect(forecast({ job }, options)).rejects.toMatchObject({ code });
  });
});

describe('measureDurations', () => {
  const run = (ms: number) => ({ state: 'SUCCESS' as const, startedAt: 1, endedAt: 1 + ms });

  it('takes the mean and the nearest rank', () => {
    const runs = Array.from({ length: 100 }, (_, i) => run(i + 1));
    expect(measureDurations(runs)).toEqual({ runCount: 100, meanMs: 50.5, p95Ms: 95 });
  });

  it('says nothing of few runs, and counts only those that ended by themselves', () => {
    expect(measureDurations([1, 2, 3, 4].map(run))).toBeNull();
    const cancelled = { ...run(9), state: 'CANCELLED' as const };
    expect(measureDurations([...[1, 2, 3, 4].map(run), cancelled])).toBeNull();
  });
});

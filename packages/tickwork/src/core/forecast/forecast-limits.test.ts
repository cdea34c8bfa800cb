import { describe, expect, it } from 'vitest';
import { createTestScheduler, type TestScheduler } from '../../testing/manual-scheduler.ts';

const START = '2027-03-01T00:00Z';
const HOUR_MS = 3_600_000;
const MINUTE_MS = 60_000;
const MOMENT_MS = 5000;

async function world(): Promise<TestScheduler> {
  return await createTestScheduler({
    start: START,
    timings: { pollEveryMs: 10_000, renewEveryMs: 60_000, leaseMs: 600_000, reapEveryMs: 60_000 },
  });
}

const shared = { key: 'tenant-{input.tenant}', max: 1 };

describe('limits in a forecast are those of the engine', () => {
  it.each<[string, Record<string, object>]>([
    [
      'concurrency by key',
      {
        a: { every: '10m', input: { tenant: 7 }, concurrency: shared },
        b: { every: '10m', input: { tenant: 7 }, concurrency: shared },
        c: { every: '10m', input: { tenant: 8 }, concurrency: shared },
      },
    ],
    [
      'the time within which to start',
      {
        a: { every: '10m', input: { tenant: 7 }, concurrency: shared },
        b: { every: '10m', input: { tenant: 7 }, concurrency: shared, startWithin: '1m' },
      },
    ],
    ['a rate', { a: { every: '4m', rate: { max: 4, per: '30m' }, overlap: 'queue-all' } }],
    ['a rate that is too small', { a: { every: '4m', rate: { max: 4, per: '30m' } } }],
  ])('%s', async (_name, jobs) => {
    const test = await world();
    test.scheduler.task('work', () => test.sleep('3m'));
    for (const [name, job] of Object.entries(jobs)) {
      const definition = { task: 'work', timeout: '10m', retry: 0, ...job };
      await test.scheduler.job(name, definition as never);
    }
    const told = await test.scheduler.forecast({
      ...{ from: START, to: '3h', assume: '3m', durations: {} },
    });
    await test.advanceBy('3h');
    const untilAt = Date.parse(START) + 3 * HOUR_MS;
    for (const { jobName, runCount, skipped, queuedCount, ...limited } of told.jobs) {
      const { runs } = await test.scheduler.runs({ jobName }, { limit: 1000 });
      const started = runs.filter(({ startedAt }) => startedAt !== null && startedAt <= untilAt);
      // The engine looks again within a moment of the end that gives room back.
      const waits = started
        .map((run) => (run.startedAt ?? 0) - run.fireAt)
        .filter((ms) => ms > MOMENT_MS);
      expect([jobName, runCount]).toEqual([jobName, started.length]);
      // What has stood in the queue of its job waited for that, too.
      if (queuedCount === 0) {
        expect([jobName, limited.limitedCount]).toEqual([jobName, waits.length]);
        const difference = Math.abs(limited.limitedMsMax - Math.max(0, ...waits));
        expect(difference).toBeLessThan(MOMENT_MS);
      }
      const tooLate = runs.filter((run) => run.reason === 'too-late').length;
      const overlap = runs.filter((run) => run.reason === 'overlap').length;
      expect([jobName, skipped['too-late'], skipped.overlap]).toEqual([jobName, tooLate, overlap]);
    }
    await test.close();
  });

  it('names each limit, with its peak of waiting and what expires', async () => {
    const test = await world();
    const job = { daily: '06:00', task: 'work', input: { tenant: 7 }, concurrency: shared };
    const strict = { ...job, startWithin: '3m' };
    const told = await test.scheduler.forecast({
      ...{ from: START, to: '1d', assume: '2m' },
      jobs: { a: job, b: job, c: job, d: strict } as never,
    });
    expect(told.limits).toEqual([
      {
        ...{ key: 'key:tenant-7', kind: 'slots', max: 1, perMs: null },
        ...{ limitedCount: 3, limitedMsMax: 6 * MINUTE_MS, waitingCountMax: 3 },
        ...{ waitingPeakAt: Date.parse('2027-03-01T06:00Z'), expiredCount: 1 },
      },
    ]);
    expect(told.jobs.map((each) => [each.runCount, each.skipped['too-late']])).toEqual([
      ...[[1, 0]],
      ...[[1, 0]],
      ...[[1, 0]],
      ...[[0, 1]],
    ]);
    await test.close();
  });
});

describe('what a forecast takes from the store', () => {
  it('passes over what is asked to be skipped, and pauses', async () => {
    const test = await world();
    await test.scheduler.job('job', { every: '10m', task: 'work' });
    await test.scheduler.skip('job', { next: 2 });
    await test.scheduler.job('other', { every: '10m', task: 'work' });
    await test.scheduler.pause('other', { until: '2027-03-01T00:25Z' });
    const { jobs } = await test.scheduler.forecast({ to: '1h' });
    expect(jobs.map((job) => [job.instantCount, job.runCount, job.skipped.paused])).toEqual([
      [6, 4, 2],
      [6, 4, 2],
    ]);
    await test.close();
  });

  it('says what cannot be known', async () => {
    const test = await world();
    const { unknowns } = await test.scheduler.forecast({
      ...{ to: '1h', assume: '2m' },
      jobs: {
        asks: { every: '10m', task: 'work', onlyIf: 'check' },
        mends: { after: 'slow', on: 'failure', task: 'work' },
        slow: { every: '10m', task: 'work', timeout: '1m' },
        starts: { startup: true, task: 'work' },
      } as never,
    });
    expect(unknowns.map(({ kind, jobNames }) => [kind, ...jobNames])).toEqual([
      ['check', 'asks'],
      ['failure', 'mends'],
      ['startup', 'starts'],
      ['retry', 'slow'],
    ]);
    await test.close();
  });
});

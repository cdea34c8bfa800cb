import { describe, expect, it } from 'vitest';
import { createTestScheduler } from './manual-scheduler.ts';

describe('createTestScheduler', () => {
  it('runs a night with a repeated hour in no time', async () => {
    const test = await createTestScheduler({ start: '2026-10-25T00:00 Europe/Berlin' });
    const seen: string[] = [];
    test.scheduler.task('note', (_input, { fireAt }) => {
      seen.push(new Date(fireAt).toISOString());
    });
    await test.scheduler.job('nightly', { daily: '02:30', task: 'note' });
    await test.advanceBy('1d');
    expect(seen).toEqual(['2026-10-25T00:30:00.000Z']);
    await test.close();
  });

  it('starts work at its instant and never before', async () => {
    const test = await createTestScheduler();
    const seen: number[] = [];
    test.scheduler.task('note', (_input, { fireAt }) => {
      seen.push(test.now() - fireAt);
    });
    await test.scheduler.job('often', { every: '10s', task: 'note' });
    await test.advanceBy('1m');
    expect(seen).toEqual([0, 0, 0, 0, 0, 0]);
    await test.close();
  });

  it('lets handlers take simulated time', async () => {
    const test = await createTestScheduler();
    test.scheduler.task('slow', () => test.sleep('25s'));
    await test.scheduler.job('slow', { every: '10s', task: 'slow' });
    await test.advanceBy('1m');
    const { runs } = await test.scheduler.runs({ jobName: 'slow' });
    const states = runs.map((run) => `${run.state} ${run.reason ?? ''}`.trim());
    expect(states.filter((state) => state === 'SKIPPED overlap')).toHaveLength(4);
    expect(states.filter((state) => state === 'SUCCESS')).toHaveLength(1);
    await test.close();
  });

  it('retries failures after their back-off', async () => {
    const test = await createTestScheduler({ start: '2026-03-01T00:00Z' });
    const attempts: string[] = [];
    test.scheduler.task('flaky', (_input, { attempt }) => {
      attempts.push(new Date(test.now()).toISOString().slice(11, 19));
      if (attempt < 3) throw new Error('not yet');
    });
    await test.scheduler.job('flaky', {
      once: '2026-03-01T00:01Z',
      task: 'flaky',
      retry: { delay: '7s' },
    });
    await test.advanceTo('2026-03-01T00:05Z');
    expect(attempts).toEqual(['00:01:00', '00:01:07', '00:01:14']);
    await test.close();
  });

  it('moves forward only', async () => {
    const test = await createTestScheduler({ start: '2026-03-01T00:00Z' });
    expect(() => test.advanceTo('2026-02-28T00:00Z')).toThrow(/lies in the past/);
    await test.close();
  });
});

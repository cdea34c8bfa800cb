import { describe, expect, it } from 'vitest';
import { createTestScheduler } from '../../testing/manual-scheduler.ts';

describe('a declaration that is made again later', () => {
  it.each([
    ['a one-off instant that is past by now', { once: '2026-03-01T00:00:10Z' }],
    ['a period that counts from the day it was declared', { everyDays: 2, at: '12:00' }],
    ['a period of weeks without an anchor', { everyWeeks: 2, at: '12:00' }],
    ['an interval', { every: '7h' }],
  ])('changes nothing: %s', async (_, trigger) => {
    const test = await createTestScheduler({ start: '2026-03-01T00:00Z' });
    const source = { kind: 'file', id: '/etc/jobs.yaml' } as const;
    test.scheduler.task('work', () => undefined);
    const jobs = { job: { ...trigger, task: 'work' } };
    await test.scheduler.applyJobs(source, jobs);
    const before = await test.scheduler.findJob('job');
    await test.advanceBy('3d');
    const again = await test.scheduler.applyJobs(source, jobs);
    const after = await test.scheduler.findJob('job');
    expect(again.unchanged).toEqual(['job']);
    expect(after.definition).toEqual(before.definition);
    expect(after.memory.anchorAt).toBe(before.memory.anchorAt);
    await test.close();
  });

  it('still refuses a new one-off instant that is past', async () => {
    const test = await createTestScheduler({ start: '2026-03-01T00:00Z' });
    test.scheduler.task('work', () => undefined);
    const declared = test.scheduler.job('job', { once: '2026-02-01T00:00Z', task: 'work' });
    await expect(declared).rejects.toMatchObject({ code: 'RUN_AT_PAST' });
    await test.close();
  });
});

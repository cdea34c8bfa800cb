import { describe, expect, it } from 'vitest';
import { createTestScheduler } from '../../testing/manual-scheduler.ts';
import type { DiffOptions, JobDifference } from '../operations/questions-api.ts';

const FILE = { kind: 'file', id: 'tickwork.yaml' } as const;

type Jobs = Record<string, object>;

async function world() {
  const test = await createTestScheduler({ start: '2027-01-01T00:00Z' });
  test.scheduler.task('work', () => null);
  const apply = (jobs: Jobs) => test.scheduler.applyJobs(FILE, jobs as never);
  const diff = async (jobs: Jobs, options?: DiffOptions) =>
    await test.scheduler.diffJobs(FILE, jobs as never, options);
  return { ...test, apply, diff };
}

function told({ jobName, change, fields, addedCount, removedCount }: JobDifference): string {
  return `${change} ${jobName} [${fields.join(' ')}] +${addedCount} -${removedCount}`;
}

describe('diffJobs', () => {
  const daily = { daily: '06:00', task: 'work' };

  it('tells what is added, changed, disabled and what stays', async () => {
    const { apply, diff } = await world();
    await apply({ stays: daily, moves: daily, slower: daily, goes: daily });
    const { jobs, unchangedCount } = await diff({
      stays: daily,
      moves: { daily: ['06:00', '18:00'], task: 'work' },
      slower: { ...daily, timeout: '1h', retry: 0, tags: ['slow'] },
      fresh: { cron: '0 0 * * mon', task: 'work' },
    });
    expect(unchangedCount).toBe(1);
    expect(jobs.map(told)).toEqual([
      'changed moves [trigger] +30 -0',
      'changed slower [policies.retry policies.timeoutMs tags] +0 -0',
      'added fresh [] +4 -0',
      'disabled goes [status] +0 -30',
    ]);
    expect(jobs[0]?.addedAt).toHaveLength(5);
    expect(jobs[0]?.addedAt[0]).toBe(Date.UTC(2027, 0, 1, 18));
  });

  it('changes nothing', async () => {
    const { apply, diff, scheduler } = await world();
    await apply({ job: daily });
    await diff({ other: daily });
    expect((await scheduler.jobs()).map((job) => [job.name, job.status])).toEqual([
      ['job', 'active'],
    ]);
  });

  it('agrees with what is applied then', async () => {
    const { apply, diff, scheduler } = await world();
    await apply({ job: daily });
    const next = { job: { daily: '07:00', task: 'work' } };
    const before = await scheduler.nextFires({ job: 'job' }, { count: 5 });
    const { jobs } = await diff(next);
    await apply(next);
    const after = await scheduler.nextFires({ job: 'job' }, { count: 5 });
    expect(jobs[0]?.removedAt).toEqual(before.map((fire) => fire.fireAt));
    expect(jobs[0]?.addedAt).toEqual(after.map((fire) => fire.fireAt));
    expect((await diff(next)).jobs).toEqual([]);
  });

  it('looks so many days ahead, and says when there is more', async () => {
    const { diff } = await world();
    const [job] = (await diff({ job: daily }, { days: 3 })).jobs;
    expect(job).toMatchObject({ addedCount: 3, isTruncated: false });
    const often = { every: '1s', task: 'work' };
    expect((await diff({ often })).jobs[0]).toMatchObject({
      addedCount: 200_000,
      isTruncated: true,
    });
  });

  it('counts with calendars that come along', async () => {
    const { diff } = await world();
    const job = { ...daily, calendar: 'office' };
    const calendars = { office: { holidays: ['2027-01-02..2027-01-11'] } };
    const { jobs } = await diff({ job }, { calendars });
    expect(jobs[0]?.addedCount).toBe(20);
    await expect(diff({ job })).rejects.toMatchObject({ code: 'CALENDAR_NOT_FOUND' });
  });

  it('refuses what apply refuses', async () => {
    const { apply, diff, scheduler } = await world();
    await apply({});
    await scheduler.job('code', { every: '1h', task: 'work' });
    await expect(diff({ code: daily })).rejects.toMatchObject({ code: 'CONFLICT' });
    await expect(diff({ x: { cron: '61 * * * *', task: 'work' } })).rejects.toMatchObject({
      code: 'INVALID_CRON',
    });
    await expect(diff({}, { days: 0 })).rejects.toMatchObject({ code: 'INVALID_INPUT' });
  });
});

describe('revisions and rollback', () => {
  it('take a former definition back, and nothing else', async () => {
    const { apply, scheduler, advanceBy } = await world();
    await apply({ job: { daily: '06:00', task: 'work' } });
    await advanceBy('1d');
    await apply({ job: { daily: '07:00', task: 'work', retry: 0 } });
    await scheduler.pause('job', { reason: 'holidays' });
    const view = await scheduler.rollback('job', 1);
    expect(view).toMatchObject({ revision: 3, status: 'paused', statusReason: 'holidays' });
    expect(view.describe.en).toContain('06:00');
    const revisions = await scheduler.revisions('job');
    expect(
      revisions.map(({ revision, isCurrent, fields }) => [revision, isCurrent, fields]),
    ).toEqual([
      [1, false, []],
      [2, false, ['trigger', 'policies.retry']],
      [3, true, ['trigger', 'policies.retry']],
    ]);
    expect(revisions[1]?.savedAt).toBe(Date.UTC(2027, 0, 2));
    await advanceBy('1d');
    expect((await scheduler.audit()).findingCount).toBe(0);
  });

  it('make nothing of the present revision', async () => {
    const { apply, scheduler } = await world();
    await apply({ job: { daily: '06:00', task: 'work' } });
    expect((await scheduler.rollback('job', 1)).revision).toBe(1);
  });

  it.each([0, 2, 1.5])('refuse revision %d of one', async (revision) => {
    const { apply, scheduler } = await world();
    await apply({ job: { daily: '06:00', task: 'work' } });
    await expect(scheduler.rollback('job', revision)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
    });
    await expect(scheduler.rollback('none', 1)).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
  });
});

import { EngineWorld, WORLD_BEGAN_AT } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';
import type { JobSource } from '../model/job.ts';

const file: JobSource = { kind: 'file', id: 'tickwork.yaml' };
const OTHER = { every: '1h', task: 'work' } as const;
const JOB = { every: '10s', task: 'work', retry: false } as const;

/** The ways in which a declaration switches a job off, and the list that does. */
const ways = [
  ['its file lacks it', {}],
  ['its file says so', { j: { ...JOB, status: 'disabled' } }],
] as const;

describe.each(ways)('a job that is off as %s', (_, without) => {
  it.each(['one process', 'a restart between'])('returns to its pause, over %s', async (over) => {
    const world = new EngineWorld().task('work');
    const { scheduler, crash } = await world.start();
    await scheduler.applyJobs(file, { j: JOB, o: OTHER });
    await world.to(15_000);
    const until = WORLD_BEGAN_AT + 3_600_000;
    await scheduler.pause('j', { reason: 'disk full, do not run', until });
    await scheduler.applyJobs(file, { ...without, o: OTHER });
    expect(await world.job('j')).toMatchObject({ status: 'disabled', pausedUntilAt: null });
    if (over !== 'one process') crash();
    const later = over === 'one process' ? scheduler : (await world.start()).scheduler;
    await world.to(60_000);
    const change = await later.diffJobs(file, { j: JOB, o: OTHER });
    expect(change.jobs).toMatchObject([{ jobName: 'j', fields: ['status'] }]);
    await later.applyJobs(file, { j: JOB, o: OTHER });
    expect(await world.job('j')).toMatchObject({
      ...{ status: 'paused', statusReason: 'disk full, do not run', pausedUntilAt: until },
    });
    await world.to(3_620_000);
    expect((await world.fates('j')).slice(0, 3)).toEqual([
      ...['10000 SUCCESS', '3610000 SUCCESS', '3620000 SUCCESS'],
    ]);
    expect(await world.problems()).toEqual([]);
  });

  it('runs again if its pause has ended meanwhile, or was lifted before', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.applyJobs(file, { j: JOB });
    await scheduler.pause('j', { until: WORLD_BEGAN_AT + 30_000 });
    await scheduler.applyJobs(file, without);
    await world.to(45_000);
    await scheduler.applyJobs(file, { j: JOB });
    await world.to(55_000);
    expect(await world.fates('j')).toEqual(['50000 SUCCESS']);
    await scheduler.pause('j');
    await scheduler.resume('j');
    await scheduler.applyJobs(file, without);
    await scheduler.applyJobs(file, { j: JOB });
    expect(await world.job('j')).toMatchObject({ status: 'active', statusReason: null });
    expect(await world.problems()).toEqual([]);
  });

  it('makes up for the whole pause on request, but not for the time it was off', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.applyJobs(file, { j: JOB });
    await scheduler.pause('j');
    await world.to(25_000);
    await scheduler.applyJobs(file, without);
    await world.to(45_000);
    await scheduler.applyJobs(file, { j: JOB });
    await world.to(55_000);
    expect(await scheduler.pausedInstants('j')).toMatchObject({ count: 3 });
    await scheduler.resume('j', { catchUp: 'all' });
    await world.to(56_000);
    expect(await world.fates('j')).toEqual(['10000 SUCCESS', '20000 SUCCESS', '50000 SUCCESS']);
    expect(await world.problems()).toEqual([]);
  });

  it('keeps its skip windows', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.applyJobs(file, { j: JOB });
    await scheduler.skip('j', { next: 3, reason: 'moving house' });
    await scheduler.applyJobs(file, without);
    await scheduler.applyJobs(file, { j: JOB });
    await world.to(45_000);
    expect(await world.fates('j')).toEqual(['40000 SUCCESS']);
    expect(await world.problems()).toEqual([]);
  });

  it('keeps its count of failures and its back-off', async () => {
    const world = new EngineWorld().task('work', () => false);
    const { scheduler } = await world.start();
    const job = { ...JOB, onFailure: { pauseAfter: 3 } };
    await scheduler.applyJobs(file, { j: job });
    await world.to(25_000);
    await scheduler.applyJobs(file, without);
    await scheduler.applyJobs(file, { j: job });
    expect(await world.job('j')).toMatchObject({ failuresInRow: 2 });
    await world.to(45_000);
    expect(await world.job('j')).toMatchObject({ status: 'paused' });
    const paused = await world.job('j');
    await scheduler.applyJobs(file, without);
    await scheduler.applyJobs(file, { j: job });
    const { status, statusReason, failuresInRow } = paused;
    expect(await world.job('j')).toMatchObject({ status, statusReason, failuresInRow });
  });

  it('stays disabled if a person had disabled it', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.applyJobs(file, { j: JOB });
    await scheduler.disable('j', { reason: 'old machine' });
    await scheduler.applyJobs(file, without);
    await scheduler.applyJobs(file, { j: JOB });
    const expected = { status: 'disabled', statusReason: 'old machine' };
    expect(await world.job('j')).toMatchObject(expected);
  });
});

describe('a list that may not remove jobs', () => {
  it('adds and changes, and names what it lacks', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.applyJobs(file, { a: JOB, b: JOB, c: { ...JOB, status: 'disabled' } });
    const next = { a: { ...JOB, every: '20s' }, d: JOB };
    expect(await scheduler.applyJobs(file, next, { absent: 'keep' })).toEqual({
      ...{ added: ['d'], changed: ['a'], unchanged: [], disabled: [], kept: ['b'] },
      unknown: [],
    });
    expect(await world.job('b')).toMatchObject({ status: 'active', revision: 1 });
    expect(await scheduler.applyJobs(file, next)).toMatchObject({ disabled: ['b'], kept: [] });
  });
});

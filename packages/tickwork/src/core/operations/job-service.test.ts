import { EngineWorld } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';
import type { JobInput } from '../declaration/job-input.ts';
import type { JobSource } from '../model/job.ts';

const file: JobSource = { kind: 'file', id: '/etc/jobs.yaml' };
const JOB = { every: '10s', task: 'work' } as const;

function setUp() {
  const world = new EngineWorld().task('work');
  return { world, ...world.node() };
}

describe('jobs of one source', () => {
  it('are added, changed, left and disabled as the source says', async () => {
    const { scheduler } = setUp();
    expect(await scheduler.applyJobs(file, { a: JOB, b: JOB, c: JOB })).toEqual({
      added: ['a', 'b', 'c'],
      changed: [],
      unchanged: [],
      disabled: [],
      kept: [],
      unknown: [],
    });
    const next = { a: JOB, b: { ...JOB, every: '20s' }, d: JOB };
    expect(await scheduler.applyJobs(file, next)).toEqual({
      added: ['d'],
      changed: ['b'],
      unchanged: ['a'],
      disabled: ['c'],
      kept: [],
      unknown: [],
    });
    expect(await scheduler.findJob('c')).toMatchObject({
      status: 'disabled',
      statusReason: 'no longer declared in its file',
    });
    const back = await scheduler.applyJobs(file, { ...next, c: JOB });
    expect(back).toMatchObject({ changed: ['c'], disabled: [] });
    expect((await scheduler.findJob('c')).status).toBe('active');
  });

  it('are only compared in a dry run', async () => {
    const { scheduler, link } = setUp();
    await scheduler.applyJobs(file, { a: JOB, b: JOB });
    const before = await scheduler.jobs();
    link.calls = [];
    const wanted = { a: { ...JOB, every: '9s' }, c: JOB };
    expect(await scheduler.applyJobs(file, wanted, { dryRun: true })).toEqual({
      added: ['c'],
      changed: ['a'],
      unchanged: [],
      disabled: ['b'],
      kept: [],
      unknown: [],
    });
    expect(link.calls).not.toContain('saveJobs');
    expect(link.calls).not.toContain('planDue');
    expect(await scheduler.jobs()).toEqual(before);
  });

  it('are written all or none: one that is wrong stops all', async () => {
    const { scheduler } = setUp();
    const jobs = { a: JOB, b: { ...JOB, every: 'often' } };
    await expect(scheduler.applyJobs(file, jobs)).rejects.toMatchObject({ field: 'jobs.b.every' });
    expect(await scheduler.jobs()).toEqual([]);
  });

  it('do not touch those of another source', async () => {
    const { scheduler } = setUp();
    await scheduler.job('mine', JOB);
    await scheduler.applyJobs(file, { a: JOB });
    await scheduler.applyJobs(file, {});
    expect((await scheduler.findJob('mine')).status).toBe('active');
    await expect(scheduler.applyJobs(file, { mine: JOB })).rejects.toMatchObject({
      code: 'CONFLICT',
      field: 'job mine',
    });
  });

  it('may wait for each other, but in no circle', async () => {
    const { scheduler } = setUp();
    const chain = { c: { after: 'b', task: 'work' }, b: { after: 'a', task: 'work' }, a: JOB };
    expect((await scheduler.applyJobs(file, chain)).added).toHaveLength(3);
    const circle = { ...chain, a: { after: 'c', task: 'work' } };
    await expect(scheduler.applyJobs(file, circle)).rejects.toMatchObject({
      code: 'INVALID_TRIGGER',
    });
    expect((await scheduler.findJob('a')).revision).toBe(1);
  });

  it('are saved by thousands', async () => {
    const { scheduler, link } = setUp();
    const jobs = Object.fromEntries(Array.from({ length: 2_100 }, (_, i) => [`j${i}`, JOB]));
    link.calls = [];
    expect((await scheduler.applyJobs(file, jobs)).added).toHaveLength(2_100);
    expect(link.calls.filter((name) => name === 'saveJobs')).toHaveLength(3);
    // Once for those that are gone, once for those that wait for events: none is read back.
    expect(link.calls.filter((name) => name === 'listJobs')).toHaveLength(2);
    const again = await scheduler.applyJobs(file, jobs);
    expect([again.unchanged.length, again.changed, again.disabled]).toEqual([2_100, [], []]);
  });

  it('are listed by one call of the store, however many they are', async () => {
    const { scheduler, link } = setUp();
    const jobs = Object.fromEntries(Array.from({ length: 200 }, (_, i) => [`j${i}`, JOB]));
    await scheduler.applyJobs(file, jobs);
    link.calls = [];
    const listed = await scheduler.jobs({}, { limit: 200 });
    expect([listed.length, listed[0]?.runningCount]).toEqual([200, 0]);
    expect(link.calls).toEqual(['listJobs']);
  });

  it('have the instants that each would have by itself', async () => {
    const forms = {
      hash: { cron: 'H H * * *' },
      cron: { cron: '5 4 * * *' },
      every: { every: '7h' },
      random: { random: { min: '1h', max: '9h' } },
      off: { every: '7h', status: 'disabled' },
    } as const;
    const jobs: Record<string, JobInput> = {};
    for (const [form, trigger] of Object.entries(forms)) {
      for (let i = 0; i < 5; i++) jobs[`${form}-${i}`] = { ...trigger, task: 'work' };
    }
    const together = setUp();
    await together.scheduler.applyJobs(file, jobs);
    const apart = setUp();
    for (const [name, job] of Object.entries(jobs)) {
      await apart.scheduler.applyJobs({ ...file, id: name }, { [name]: job });
    }
    for (const name of Object.keys(jobs)) {
      const { id: _, source: __, ...found } = await together.scheduler.findJob(name);
      expect(await apart.scheduler.findJob(name)).toMatchObject(found);
    }
    const ats = await Promise.all(
      [0, 1, 2, 3, 4].map(async (i) => (await together.scheduler.findJob(`hash-${i}`)).nextFireAt),
    );
    expect(new Set(ats).size).toBe(5);
  });

  it('tell with its own name which of them is wrong', async () => {
    const { scheduler } = setUp();
    const never = { calendar: 'gone', daily: '02:00', task: 'work' } as const;
    await expect(scheduler.applyJobs(file, { a: JOB, b: JOB, c: never })).rejects.toMatchObject({
      code: 'CALENDAR_NOT_FOUND',
    });
    await scheduler.applyCalendars({ gone: { weekends: 'mon-sun' } }, file);
    await expect(scheduler.applyJobs(file, { a: JOB, c: never, d: never })).rejects.toMatchObject({
      code: 'NEVER_FIRES',
      field: 'job c',
    });
  });

  it('may be removed while the list is saved that has them no more', async () => {
    const { scheduler, world } = setUp();
    await scheduler.applyJobs(file, { a: JOB, b: JOB });
    const store = world.store as { saveJobs: typeof world.store.saveJobs };
    const save = store.saveJobs.bind(store);
    const { scheduler: other } = world.node();
    store.saveJobs = async (writes) => {
      store.saveJobs = save;
      const outcomes = await save(writes);
      await scheduler.remove('b');
      await scheduler.remove('a');
      await scheduler.job('a', JOB);
      return outcomes;
    };
    await other.applyJobs(file, { c: JOB });
    expect((await scheduler.jobs()).map(({ name, status }) => `${name} ${status}`)).toEqual([
      'a active',
      'c active',
    ]);
  });
});

describe('a job', () => {
  it('is declared once by a process, and again after it was removed', async () => {
    const { scheduler } = setUp();
    await scheduler.job('a', JOB);
    await expect(scheduler.job('a', JOB)).rejects.toMatchObject({ code: 'DUPLICATE_JOB' });
    await scheduler.remove('a');
    expect((await scheduler.job('a', JOB)).revision).toBe(1);
  });

  it('that was refused can be declared right', async () => {
    const { scheduler } = setUp();
    await expect(scheduler.job('a', { task: 'work' })).rejects.toThrow();
    expect((await scheduler.job('a', JOB)).name).toBe('a');
  });

  it('that can never fire is refused', async () => {
    const { scheduler, world } = setUp();
    const past = { ...JOB, endAt: world.time.now - 1 };
    await expect(scheduler.job('a', past)).rejects.toMatchObject({ code: 'NEVER_FIRES' });
    const manual = await scheduler.job('b', { manual: true, task: 'work' });
    expect(manual.nextFireAt).toBeNull();
  });

  it('is changed although others change it at the same time', async () => {
    const { scheduler, world } = setUp();
    await scheduler.job('a', JOB);
    const nodes = Array.from({ length: 6 }, () => world.node());
    await Promise.all(
      nodes.map(({ scheduler: other }, i) => other.job('a', { ...JOB, description: `${i}` })),
    );
    expect((await scheduler.findJob('a')).revision).toBe(7);
    await Promise.all(nodes.map(({ scheduler: other }) => other.pause('a')));
    expect((await scheduler.findJob('a')).status).toBe('paused');
  });

  it('that nobody knows cannot be changed', async () => {
    const { scheduler } = setUp();
    for (const call of [
      () => scheduler.pause('x'),
      () => scheduler.resume('x'),
      () => scheduler.disable('x'),
      () => scheduler.remove('x'),
      () => scheduler.runNow('x'),
      () => scheduler.findJob('x'),
      () => scheduler.stats('x'),
    ]) {
      await expect(call()).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    }
  });

  it('tells of each change once', async () => {
    const { scheduler, world } = setUp();
    await scheduler.job('a', JOB);
    await scheduler.pause('a');
    await scheduler.resume('a');
    await scheduler.resume('a');
    await scheduler.remove('a');
    expect(world.told('job.saved')).toMatchObject([{ jobName: 'a', revision: 1 }]);
    expect(world.told('job.status').map(({ status }) => status)).toEqual(['paused', 'active']);
    expect(world.told('job.removed')).toHaveLength(1);
  });
});

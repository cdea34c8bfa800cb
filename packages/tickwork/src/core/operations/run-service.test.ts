import { EngineWorld } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';

function setUp() {
  const world = new EngineWorld().task('work').task('fails', () => false);
  return { world, ...world.node() };
}

describe('runs by hand', () => {
  it('are stored as they were asked for', async () => {
    const { scheduler, world } = setUp();
    const runAt = world.time.now + 60_000;
    const { runId } = await scheduler.enqueue('work', { a: 1 }, { runAt, priority: 7, key: 'k' });
    const { run, definition } = await scheduler.findRun(runId);
    expect(run).toMatchObject({
      ...{ origin: 'enqueue', state: 'PENDING', fireAt: runAt, startAt: runAt, priority: 7 },
      ...{ dedupeKey: 'k', jobId: null, jobName: null, handler: 'function:work' },
    });
    expect(definition).toMatchObject({ input: { a: 1 }, task: { name: 'work' } });
  });

  it('take instants in any form', async () => {
    const { scheduler } = setUp();
    const at = Date.UTC(2026, 5, 1, 12);
    for (const runAt of [at, new Date(at), '2026-06-01T12:00:00Z', '2026-06-01T12:00']) {
      const { runId } = await scheduler.enqueue('work', null, { runAt });
      expect((await scheduler.findRun(runId)).run.fireAt).toBe(at);
    }
  });

  it.each([
    [{ runAt: 'tomorrow' }, 'INVALID_INSTANT'],
    [{ priority: 500 }, 'INVALID_JOB'],
    [{ policies: { retry: -1 } }, 'INVALID_JOB'],
    [{ requestId: 'x'.repeat(101) }, 'INVALID_INPUT'],
    [{ requestId: '' }, 'INVALID_INPUT'],
  ])('are refused with %j', async (options, code) => {
    const { scheduler } = setUp();
    await expect(scheduler.enqueue('work', null, options)).rejects.toMatchObject({ code });
    expect((await scheduler.runs()).runs).toEqual([]);
  });

  it('of a kind that nobody knows are refused', async () => {
    const { scheduler } = setUp();
    await expect(scheduler.enqueue({ kind: 'ftp' })).rejects.toMatchObject({
      code: 'INVALID_JOB',
      value: 'ftp',
    });
  });

  it('use the definition of the job as it is then', async () => {
    const { scheduler, world } = setUp();
    await scheduler.job('j', { manual: true, task: 'work', input: 1 });
    const { runId } = await scheduler.runNow('j');
    await world.node().scheduler.job('j', { manual: true, task: 'work', input: 2 });
    expect((await scheduler.findRun(runId)).definition?.input).toBe(1);
    const later = await scheduler.runNow('j');
    expect((await scheduler.findRun(later.runId)).definition?.input).toBe(2);
  });

  it('are done again only when they have ended', async () => {
    const { scheduler, world } = setUp();
    const { runId } = await scheduler.enqueue('fails', 5, { policies: { retry: 0 } });
    await expect(scheduler.retry(runId)).rejects.toMatchObject({
      code: 'INVALID_INPUT',
      value: 'PENDING',
    });
    await scheduler.start();
    await world.pass(1_000);
    const again = await scheduler.retry(runId);
    await world.pass(1_000);
    const { run } = await scheduler.findRun(again.runId);
    expect(run).toMatchObject({ state: 'FAILED', parentId: runId, origin: 'enqueue' });
    expect(world.calls.map(({ input }) => input)).toEqual([5, 5]);
    await expect(scheduler.retry('none')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
  });

  it('are listed in pages of a sensible size', async () => {
    const { scheduler } = setUp();
    for (let i = 0; i < 5; i++) await scheduler.enqueue('work', i);
    const first = await scheduler.runs({}, { limit: 3 });
    expect(first.runs).toHaveLength(3);
    const rest = await scheduler.runs({}, { limit: 3, after: first.next });
    expect(rest.runs).toHaveLength(2);
    expect(rest.next).toBeNull();
    for (const limit of [0, 1_001, 1.5, Number.NaN]) {
      await expect(scheduler.runs({}, { limit })).rejects.toMatchObject({ field: 'limit' });
    }
  });
});

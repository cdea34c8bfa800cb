import { describe, expect, it } from 'vitest';
import { createTestScheduler } from '../../testing/manual-scheduler.ts';
import { TickworkError } from '../base/errors.ts';
import type { Store } from '../ports/store.ts';

const tasks = {
  add: ({ a, b }: { a: number; b: number }) => a + b,
  nothing: () => {},
  broken: () => {
    throw new Error('no luck');
  },
  flaky: (_input: null, { attempt }: { readonly attempt: number }) => {
    if (attempt < 3) throw new Error('not yet');
    return attempt;
  },
  slow: () => new Promise<never>(() => {}),
};

async function world(wrapStore: (store: Store) => Store = (store) => store) {
  const test = await createTestScheduler({ tasks, wrapStore });
  /** What a wait gives while so much time passes. */
  const during = async (span: string, waiting: Promise<unknown>): Promise<unknown> => {
    const told = waiting.catch((error: unknown) => error);
    await test.advanceBy(span);
    return await told;
  };
  return { ...test, during };
}

describe('waitFor', () => {
  it('gives the result, also of a run that has ended long ago', async () => {
    const { scheduler, during, close } = await world();
    const { runId } = await scheduler.enqueue('add', { a: 1, b: 2 });
    expect(await during('1s', scheduler.waitFor(runId))).toBe(3);
    expect(await during('1s', scheduler.waitFor(runId))).toBe(3);
    const nothing = await scheduler.enqueue('nothing');
    expect(await during('1s', scheduler.waitFor(nothing.runId))).toBeNull();
    await close();
  });

  it('waits for retries', async () => {
    const { scheduler, during, close } = await world();
    const policies = { retry: { attempts: 3, delay: '10s' } };
    const { runId } = await scheduler.enqueue('flaky', null, { policies });
    expect(await during('30s', scheduler.waitFor(runId))).toBe(3);
    await close();
  });

  it('throws for a failure, with its words', async () => {
    const { scheduler, during, close } = await world();
    const { runId } = await scheduler.enqueue('broken', null, { policies: { retry: false } });
    expect(await during('1s', scheduler.waitFor(runId))).toMatchObject({
      code: 'TASK_FAILED',
      message: `run ${runId}: failed: no luck`,
    });
    await close();
  });

  it('throws for a timeout, a cancellation and a skip, each by its code', async () => {
    const { scheduler, during, close } = await world();
    const policies = { retry: false, timeout: '1s', cancelGrace: '1s' } as const;
    const late = await scheduler.enqueue('slow', null, { policies });
    expect(await during('5s', scheduler.waitFor(late.runId))).toMatchObject({
      code: 'TASK_TIMEOUT',
    });
    const unwanted = await scheduler.enqueue('add', { a: 1, b: 1 }, { delay: '1h' });
    const cancelled = scheduler.waitFor(unwanted.runId);
    await scheduler.cancel(unwanted.runId);
    expect(await during('1s', cancelled)).toMatchObject({ code: 'TASK_CANCELLED' });
    await scheduler.job('job', { manual: true, task: 'slow', overlap: 'skip' });
    await scheduler.runNow('job');
    const second = await scheduler.runNow('job');
    expect(await during('1s', scheduler.waitFor(second.runId))).toMatchObject({
      code: 'TASK_SKIPPED',
      message: `run ${second.runId}: was skipped (overlap).`,
    });
    await close();
  });

  it('ends when its own time is over, and the run goes on', async () => {
    const { scheduler, during, advanceBy, close } = await world();
    const { runId } = await scheduler.enqueue('add', { a: 1, b: 2 }, { delay: '1m' });
    const wait = scheduler.waitFor(runId, { timeout: '10s' });
    expect(await during('10s', wait)).toMatchObject({ code: 'WAIT_TIMEOUT' });
    await advanceBy('1m');
    expect(await scheduler.waitFor(runId)).toBe(3);
    await close();
  });

  it('throws for a run that nobody knows', async () => {
    const { scheduler, close } = await world();
    await expect(scheduler.waitFor('e_none')).rejects.toMatchObject({ code: 'RUN_NOT_FOUND' });
    await close();
  });

  it('hears of a run that another process ends', async () => {
    const shared: { store?: Store } = {};
    const worker = await world((store) => {
      shared.store = store;
      return store;
    });
    const { store } = shared;
    if (store === undefined) throw new Error('no store');
    const caller = await createTestScheduler({ tasks: {}, wrapStore: () => store });
    await caller.scheduler.stop();
    const { runId } = await worker.scheduler.enqueue('add', { a: 2, b: 2 });
    const waiting = caller.scheduler.waitFor(runId);
    await worker.advanceBy('1s');
    await caller.advanceBy('1s');
    expect(await waiting).toBe(4);
    await worker.close();
  });

  it('outlives a store that is locked for a while, and tells of any other defect', async () => {
    const state: { error: TickworkError | null } = { error: null };
    const { scheduler, during, advanceBy, close } = await world((store) => ({
      ...store,
      findRuns: async (ids) => {
        if (state.error !== null) throw state.error;
        return await store.findRuns(ids);
      },
    }));
    const { runId } = await scheduler.enqueue('add', { a: 1, b: 1 }, { delay: '5s' });
    state.error = new TickworkError('STORE_LOCKED', { reason: 'locked' });
    const waiting = scheduler.waitFor(runId);
    await advanceBy('10s');
    state.error = null;
    expect(await during('1s', waiting)).toBe(2);
    state.error = new TickworkError('STORE_CORRUPT', { reason: 'broken' });
    expect(await during('1s', scheduler.waitFor(runId))).toMatchObject({ code: 'STORE_CORRUPT' });
    await close();
  });

  it('tells whoever waits that the scheduler is closed, and is refused from then on', async () => {
    const { scheduler, close } = await world();
    const { runId } = await scheduler.enqueue('add', { a: 1, b: 2 }, { delay: '1h' });
    const waiting = scheduler.waitFor(runId);
    const told = expect(waiting).rejects.toMatchObject({ code: 'NOT_RUNNING' });
    await close();
    await scheduler.close();
    await told;
    await expect(scheduler.waitFor(runId)).rejects.toMatchObject({ code: 'NOT_RUNNING' });
  });

  it('reads many runs together', async () => {
    const counts = { calls: 0 };
    const { scheduler, advanceBy, close } = await world((store) => ({
      ...store,
      findRuns: async (ids) => {
        counts.calls += 1;
        return await store.findRuns(ids);
      },
    }));
    const inputs = Array.from({ length: 1_000 }, (_, a) => ({ a, b: 0 }));
    const outcomes = await scheduler.enqueueMany('add', inputs, { delay: '1h' });
    const results = Promise.all(outcomes.map(({ runId }) => scheduler.waitFor(runId)));
    await advanceBy('59m');
    counts.calls = 0;
    await advanceBy('200ms');
    expect(counts.calls).toBeLessThanOrEqual(4);
    await advanceBy('2m');
    expect(await results).toEqual(inputs.map(({ a }) => a));
    await close();
  });
});

import { EngineWorld } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';
import { createTestScheduler } from '../../testing/manual-scheduler.ts';
import { isTickworkError } from '../base/errors.ts';

const START = '2026-03-01T00:00:00Z';

describe('enqueueMany', () => {
  it('runs the task once with each input', async () => {
    const test = await createTestScheduler({ start: START });
    const seen: unknown[] = [];
    test.scheduler.task('work', (input) => {
      seen.push(input);
    });
    const inputs = Array.from({ length: 1_200 }, (_, n) => ({ n }));
    const outcomes = await test.scheduler.enqueueMany('work', inputs);
    expect(new Set(outcomes.map(({ runId }) => runId)).size).toBe(1_200);
    await test.advanceBy('1s');
    expect(new Set(seen.map((input) => JSON.stringify(input))).size).toBe(1_200);
    expect(seen).toHaveLength(1_200);
    const { run } = await test.scheduler.findRun(outcomes[7]?.runId ?? '');
    expect(run).toMatchObject({ state: 'SUCCESS', attempt: 1, jobId: null });
    await test.close();
  });

  it('adds nothing when it is repeated with the same ids', async () => {
    const test = await createTestScheduler({ start: START });
    let count = 0;
    test.scheduler.task('work', () => {
      count += 1;
    });
    const options = { requestIds: ['a', 'b'], priority: 3 };
    const first = await test.scheduler.enqueueMany('work', [1, 2], options);
    await test.advanceBy('1s');
    expect(await test.scheduler.enqueueMany('work', [1, 2], options)).toEqual(first);
    await test.advanceBy('1s');
    expect(count).toBe(2);
    expect(await test.scheduler.enqueueMany('work', [])).toEqual([]);
    await test.close();
  });

  it('asks for no plan: jobs are as they were', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler, link } = await world.start();
    await world.pass(50);
    link.calls = [];
    await world.during(scheduler.enqueue('work', 1));
    await world.pass(10);
    expect(link.calls).toContain('claimRuns');
    expect(link.calls).not.toContain('findDueJobs');
  });

  it('refuses ids that do not match the inputs, and what is no JSON', async () => {
    const test = await createTestScheduler({ start: START });
    test.scheduler.task('work', () => {});
    const codeOf = async (call: Promise<unknown>): Promise<string> =>
      call.then(
        () => 'accepted',
        (error) => (isTickworkError(error) ? `${error.code} ${error.field}` : String(error)),
      );
    const { scheduler } = test;
    expect(await codeOf(scheduler.enqueueMany('work', [1, 2], { requestIds: ['a'] }))).toBe(
      'INVALID_INPUT requestIds',
    );
    expect(await codeOf(scheduler.enqueueMany('work', [1, 1n as never]))).toContain('inputs[1]');
    expect((await scheduler.runs()).runs).toEqual([]);
    await test.close();
  });
});

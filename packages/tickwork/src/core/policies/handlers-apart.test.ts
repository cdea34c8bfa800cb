import { expect, it } from 'vitest';
import { createTestScheduler } from '../../testing/manual-scheduler.ts';
import type { TaskContext } from '../ports/task-handler.ts';

/* What one handler does to its input, its output or its result harms no other run. */

it('an input belongs to its attempt, also where jobs are equal', async () => {
  const { scheduler, advanceBy, close } = await createTestScheduler();
  const seen: unknown[] = [];
  scheduler.task('collect', (input) => {
    const { items } = input as unknown as { items: number[] };
    items.push(1);
    seen.push([...items]);
  });
  const job = { every: '1m', task: 'collect', input: { items: [0] } };
  await scheduler.job('a', job);
  await scheduler.job('b', job);
  await advanceBy('3m');
  expect(seen.length).toBeGreaterThan(4);
  expect(seen).toEqual(seen.map(() => [0, 1]));
  await close();
});

it.each<readonly [string, (context: TaskContext) => unknown, RegExp]>([
  [
    'a stream that is none',
    ({ output }) => output(null as never, 'x'),
    /output: null — is no stream/,
  ],
  ['progress that JSON cannot keep', ({ progress }) => progress(Number.NaN), /progress/],
  ['a result that JSON cannot keep', () => new Map(), /is a Map/],
])('%s fails its own run alone', async (_name, act, error) => {
  const { scheduler, advanceBy, close } = await createTestScheduler();
  scheduler.task('bad', (_input, context) => act(context));
  scheduler.task('good', (_input, { log }) => {
    log('fine');
    return { n: 1 };
  });
  const policies = { retry: { attempts: 0 } };
  const bad = await scheduler.enqueue('bad', null, { policies });
  const good = await scheduler.enqueueMany('good', [1, 2, 3]);
  await advanceBy('5s');
  expect((await scheduler.findRun(bad.runId)).run).toMatchObject({ state: 'FAILED' });
  expect((await scheduler.findRun(bad.runId)).run.error).toMatch(error);
  for (const { runId } of good) {
    expect((await scheduler.findRun(runId)).run).toMatchObject({
      state: 'SUCCESS',
      result: { n: 1 },
    });
    expect(await scheduler.output(runId)).toMatchObject([{ text: 'fine\n' }]);
  }
  await close();
});

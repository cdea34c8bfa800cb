import { expect, it } from 'vitest';
import type { Json } from '../core/base/json.ts';
import type { AttemptContext, TaskKind } from '../core/ports/task-kind.ts';
import { createTestScheduler } from '../testing/manual-scheduler.ts';

/** A kind whose tasks answer with what `value` gives, checked by no compiler. */
function answering(value: (context: AttemptContext) => unknown): TaskKind {
  return {
    kind: 'odd',
    slotKind: 'external',
    handles: () => ['odd'],
    validate: () => {},
    execute: (_task, _input, context) => ({ ok: true, result: value(context) as Json }),
  };
}

async function runOf(kind: TaskKind) {
  const test = await createTestScheduler({ taskKinds: [kind], defaults: { retry: false } });
  const { runId } = await test.scheduler.enqueue({ kind: 'odd' });
  await test.advanceBy('1s');
  const { run } = await test.scheduler.findRun(runId);
  await test.close();
  return run;
}

it('keeps what a kind of the user answers as JSON keeps it', async () => {
  const run = await runOf(answering(() => ({ at: new Date(0), none: undefined })));
  expect(run).toMatchObject({ state: 'SUCCESS', result: { at: '1970-01-01T00:00:00.000Z' } });
});

it('fails an attempt whose result cannot be kept, with the part', async () => {
  const run = await runOf(answering(() => ({ rows: [new Map()] })));
  expect(run).toMatchObject({
    state: 'FAILED',
    error: 'the result cannot be kept: rows[0] is a Map, of which JSON keeps nothing.',
  });
});

it('refuses progress that cannot be kept where it is told', async () => {
  const run = await runOf(answering((context) => context.progress(Number.NaN)));
  expect(run.state).toBe('FAILED');
  expect(run.error).toMatch('progress: is NaN');
});

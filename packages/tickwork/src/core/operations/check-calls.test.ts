import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createTestScheduler, type TestScheduler } from '../../testing/manual-scheduler.ts';

type Call = (...args: readonly unknown[]) => unknown;

let test: TestScheduler;
beforeAll(async () => {
  test = await createTestScheduler();
  test.scheduler.task('work', () => null);
  await test.scheduler.job('job', { every: '1h', task: 'work', tags: ['red'] });
});
afterAll(() => test.close());

const callOf = (name: string): Call =>
  (test.scheduler as unknown as Readonly<Record<string, Call>>)[name] as Call;

async function outcomeOf(name: string, args: readonly unknown[]): Promise<unknown> {
  try {
    await callOf(name)(...args);
    return null;
  } catch (error) {
    return error;
  }
}

describe('a call with wrong arguments', () => {
  it.each<readonly [string, readonly unknown[], string]>([
    ['pauseTagged', [undefined], 'tag'],
    ['resumeTagged', [], 'tag'],
    ['applyCalendars', [{}, 'code'], 'source'],
    ['applyCalendars', [{}, { kind: 'code' }], 'source.id'],
    ['forecast', [{ slots: { functon: 1 } }], 'slots.functon'],
    ['runs', [{ fromAt: '2026-01-01' }], 'fromAt'],
    ['skips', ['job', '2026-01-01', 5], 'fromAt'],
    ['enqueue', ['work', null, { dealy: 5 }], 'dealy'],
    ['enqueue', ['work', null, { key: '' }], 'key'],
    ['enqueue', ['work', null, { key: {} }], 'key'],
    ['enqueue', ['work', null, { delay: 5, runAt: 9 }], 'delay'],
    ['enqueue', ['work', null, null], 'options'],
    ['enqueueMany', ['work', Array(3)], 'inputs[0]'],
    ['enqueueMany', ['work', 'ab'], 'inputs'],
    ['runs', [{ states: 'FAILED' }], 'states'],
    ['runs', [{ states: [] }], 'states'],
    ['runs', [{ stats: ['FAILED'] }], 'stats'],
    ['jobs', [{ status: 'on' }], 'status'],
    ['jobs', [{}, { limit: 0 }], 'limit'],
    ['skip', ['job', { next: 0 }], 'next'],
    ['pause', ['job', { reason: 5 }], 'reason'],
    ['on', ['run.finshed', () => {}], 'event'],
    ['nodes', [5], 'nodes'],
  ])('%s(%j) names %s', async (name, args, field) => {
    expect(await outcomeOf(name, args)).toMatchObject({ code: 'INVALID_INPUT', field });
  });

  it('pauses nothing where the tag is missing', async () => {
    await test.scheduler.resume('job');
    await outcomeOf('pauseTagged', [undefined]);
    expect((await test.scheduler.findJob('job')).status).toBe('active');
  });

  it('says which key was meant', async () => {
    const error = await outcomeOf('enqueue', ['work', null, { dealy: 5 }]);
    expect(String(error)).toContain('Did you mean `delay`?');
  });
});

describe('a call with right arguments', () => {
  it('passes through, and registering can be chained', () => {
    const { scheduler } = test;
    expect(scheduler.task('a', () => 1).task('b', () => 2)).toBe(scheduler);
  });

  it('enqueues with a delay and a key of its task', async () => {
    const { scheduler } = test;
    const later = await scheduler.enqueue('a', 1, { delay: '90s', key: 'k' });
    const { run } = await scheduler.findRun(later.runId);
    expect(run.fireAt).toBe(test.now() + 90_000);
    const other = await scheduler.enqueue('b', 1, { delay: 90_000, key: 'k' });
    expect(other).toMatchObject({ outcome: 'stored' });
    expect(await scheduler.enqueue('a', 2, { key: 'k' })).toEqual({
      outcome: 'duplicate',
      runId: later.runId,
    });
  });
});

it('a start that is stopped at once ends stopped', async () => {
  const { scheduler, close } = await createTestScheduler();
  await scheduler.stop();
  await Promise.all([scheduler.start(), scheduler.stop()]);
  expect((await scheduler.nodes()).filter((node) => node.state === 'up')).toEqual([]);
  await close();
});

import { definition } from '@tickwork/verify/engine/stored-job.ts';
import { storedRun } from '@tickwork/verify/engine/stored-run.ts';
import { describe, expect, it } from 'vitest';
import type { Policies } from '../model/policy.ts';
import type { AttemptContext, SlotKind, TaskKind, TaskResult } from '../ports/task-kind.ts';
import { type EndedAttempt, Executor } from './executor.ts';

type Work = (context: AttemptContext) => Promise<TaskResult> | TaskResult;

const turn = async (): Promise<void> => {
  for (let i = 0; i < 10; i++) await Promise.resolve();
};

function setUp() {
  const clock = { at: 1_000, mono: 0 };
  const ended: EndedAttempt[] = [];
  const begun: string[] = [];
  let standbys = 0;
  let deadlines = 0;
  const executor = new Executor({
    clock: { now: () => clock.at, mono: () => clock.mono },
    slots: { function: 3, external: 2 },
    onStandby: () => {
      standbys += 1;
    },
    onBegun: ({ runId }) => begun.push(runId),
    onEnded: (end) => ended.push(end),
    onReport: () => {},
    onDeadline: () => {
      deadlines += 1;
    },
  });
  const start = (
    id: string,
    work: Work,
    policies: Partial<Policies> = {},
    slotKind: SlotKind = 'function',
    check: Work | null = null,
    startedAt = clock.at,
  ) => {
    const kindOf = (does: Work): TaskKind => ({
      ...{ kind: 'test', slotKind, handles: () => [], validate: () => {} },
      execute: async (_task, _input, context) => does(context),
      killsAfterGrace: () => slotKind === 'external',
    });
    const run = storedRun({ id });
    const identity = { nodeId: 'n', fence: 1, attempt: 1, startedAt };
    const task = { kind: 'test', name: '', options: {} };
    const asked = check === null ? {} : { check: { kind: kindOf(check), task } };
    const kind = kindOf(work);
    executor.start({ run, work: definition({ policies }), kind, ...identity, ...asked });
  };
  const startAtOnce = (id: string, execute: TaskKind['execute']): void => {
    const kind: TaskKind = {
      ...{ kind: 'test', slotKind: 'function', handles: () => [], validate: () => {}, execute },
    };
    const identity = { nodeId: 'n', fence: 1, attempt: 1, startedAt: clock.at };
    executor.start({ run: storedRun({ id }), work: definition({}), kind, ...identity });
  };
  const pass = (ms: number): void => {
    clock.at += ms;
    clock.mono += ms;
  };
  const startAt = (id: string, at: number, work: Work, policies: Partial<Policies> = {}) =>
    start(id, work, policies, 'function', null, at);
  const counts = () => ({ deadlines, standbys });
  return {
    executor,
    start,
    startAt,
    startAtOnce,
    ended,
    begun,
    clock,
    pass,
    counts,
    deadlines: () => deadlines,
  };
}

const forever: Work = () => new Promise(() => {});
const good: TaskResult = { ok: true, result: null };

describe('Executor', () => {
  it.each([
    ['says yes', { ok: true, result: null }, true, false],
    ['says no', { ok: false, error: 'no', declined: true }, false, true],
    ['ends with exit code 1', { ok: false, error: 'x', exitCode: 1 }, false, true],
    ['ends with exit code 125', { ok: false, error: 'x', exitCode: 125 }, false, true],
    ['cannot be run', { ok: false, error: 'x', exitCode: 127 }, false, false],
    ['is killed', { ok: false, error: 'x', exitCode: 137 }, false, false],
    ['breaks', { ok: false, error: 'x' }, false, false],
  ] as const)('asks a pre-check that %s', async (_, answer, begun, declined) => {
    const { executor, start, ended } = setUp();
    let began = false;
    const work = (): TaskResult => {
      began = true;
      return good;
    };
    start('a', work, {}, 'function', () => answer);
    await turn();
    expect([began, executor.runningCount]).toEqual([begun, 0]);
    expect(ended).toMatchObject([{ result: begun ? good : answer, declined }]);
  });

  it('lets attempts stand by for their instants, in their slots', async () => {
    const { executor, startAt, ended, begun, pass, counts } = setUp();
    startAt('b', 1_100, () => good);
    startAt('a', 1_050, () => good);
    startAt('c', 1_100, forever, { timeoutMs: 30 });
    // Only what comes before all others asks for an earlier look.
    expect([executor.freeSlots('function'), counts().standbys]).toEqual([0, 2]);
    expect(executor.isRunning('a', 1)).toBe(true);
    pass(49);
    expect([executor.beginDue(), begun]).toEqual([1_050, []]);
    pass(1);
    expect([executor.beginDue(), begun]).toEqual([1_100, ['a']]);
    await turn();
    pass(60);
    expect([executor.beginDue(), begun]).toEqual([null, ['a', 'b', 'c']]);
    await turn();
    // The time of an attempt runs from its instant, or later, when it begins.
    expect(executor.sweep()).toBe(30);
    const begins = ended.map(({ attempt, endedAt }) => [attempt.startedAt, endedAt]);
    expect(begins).toEqual([
      [1_050, 1_050],
      [1_110, 1_110],
    ]);
  });

  it('ends at once what is stopped before its instant', () => {
    const { executor, startAt, ended, begun, pass } = setUp();
    for (const id of ['a', 'b', 'c']) startAt(id, 1_050, () => good);
    executor.stop('a', 'request');
    expect([executor.runningCount, executor.freeSlots('function')]).toEqual([2, 1]);
    executor.dismiss('shutdown');
    pass(50);
    expect([executor.beginDue(), begun]).toEqual([null, []]);
    const ends = ended.map((end) => [end.attempt.runId, end.attempt.stopCause, end.endedAt]);
    expect(ends).toEqual([
      ['a', 'request', 1_050],
      ['b', 'shutdown', 1_050],
      ['c', 'shutdown', 1_050],
    ]);
    expect(ended.every(({ result }) => !result.ok)).toBe(true);
  });

  it('counts slots by kind of slot, and frees them when attempts end', async () => {
    const { executor, start, ended } = setUp();
    start('a', () => good);
    start('b', forever, {}, 'external');
    expect([executor.freeSlots('function'), executor.freeSlots('external')]).toEqual([2, 1]);
    expect([executor.runningCount, executor.isRunning('a')]).toEqual([2, true]);
    await turn();
    expect([executor.freeSlots('function'), executor.freeSlots('external')]).toEqual([3, 1]);
    expect(executor.isRunning('a')).toBe(false);
    expect(ended).toMatchObject([{ result: good, abandoned: false, endedAt: 1_000 }]);
  });

  it('takes an answer in the turn of the start, and no slot for it', async () => {
    const { executor, startAtOnce, ended, deadlines } = setUp();
    let context: AttemptContext | undefined;
    startAtOnce('a', (_task, _input, given) => {
      context = given;
      given.progress(1);
      return good;
    });
    expect(ended).toMatchObject([{ result: good, endedAt: 1_000, abandoned: false }]);
    expect(ended[0]?.attempt.takeReport(true)).toMatchObject({ runId: 'a', progress: 1 });
    expect([executor.runningCount, executor.freeSlots('function')]).toEqual([0, 3]);
    expect([executor.isRunning('a'), executor.stop('a', 'request'), deadlines()]).toEqual([
      false,
      false,
      0,
    ]);
    context?.progress(2);
    expect(executor.takeReports()).toEqual([]);
    await turn();
    expect(ended).toHaveLength(1);
  });

  it('lets an answer at once pass by what goes on', () => {
    const { executor, start, startAtOnce, ended } = setUp();
    start('a', forever);
    startAtOnce('b', () => {
      throw new Error('broke');
    });
    expect(ended).toMatchObject([{ attempt: { runId: 'b' }, result: { error: 'broke' } }]);
    expect([executor.runningCount, executor.freeSlots('function')]).toEqual([1, 2]);
    expect([executor.isRunning('a'), executor.isRunning('a', 2)]).toEqual([true, false]);
  });

  it.each([
    ['an error', new Error('broke'), 'broke'],
    ['a text', 'plain', 'plain'],
    ['nothing', undefined, 'undefined'],
    ['null', null, 'null'],
    ['a number', 7, '7'],
    ['an object', {}, '[object Object]'],
    ['an object without prototype', Object.create(null), 'threw a value that cannot be shown'],
    [
      'a hostile error',
      Object.defineProperty(new Error('x'), 'message', {
        get() {
          throw new Error('hostile');
        },
      }),
      'threw a value that cannot be shown',
    ],
    ['a very long error', new Error('x'.repeat(50_000)), 'x'.repeat(10_000)],
  ])('takes %s that is thrown as the failure', async (_, thrown, expected) => {
    const { start, ended } = setUp();
    start('a', () => {
      throw thrown;
    });
    await turn();
    expect(ended).toMatchObject([{ result: { ok: false, error: expected } }]);
  });

  it('times out, waits for the grace and gives up, freeing the slot once', async () => {
    const { executor, start, ended, pass, deadlines } = setUp();
    let finish: (result: TaskResult) => void = () => {};
    const reasons: unknown[] = [];
    start(
      'a',
      ({ signal }) => {
        signal.addEventListener('abort', () =>
          reasons.push((signal.reason as { code: string }).code),
        );
        return new Promise((resolve) => {
          finish = resolve;
        });
      },
      { timeoutMs: 100, cancelGraceMs: 50 },
    );
    expect(deadlines()).toBe(1);
    expect(executor.sweep()).toBe(100);
    pass(99);
    expect(executor.sweep()).toBe(1);
    expect(reasons).toEqual([]);
    pass(1);
    expect(executor.sweep()).toBe(50);
    expect(reasons).toEqual(['TASK_TIMEOUT']);
    pass(50);
    expect(executor.sweep()).toBeNull();
    expect(ended).toMatchObject([{ abandoned: true, endedAt: 1_150, result: { ok: false } }]);
    expect(ended[0]?.attempt.stopCause).toBe('timeout');
    expect(executor.freeSlots('function')).toBe(3);
    finish(good);
    await turn();
    expect(ended).toHaveLength(1);
    expect(executor.freeSlots('function')).toBe(3);
  });

  it('gives what kills its processes a moment more', () => {
    const { executor, start, pass } = setUp();
    start('a', forever, { timeoutMs: 100, cancelGraceMs: 50 }, 'external');
    pass(100);
    expect(executor.sweep()).toBe(50 + 3_000);
  });

  it('has no deadline where there is no timeout', () => {
    const { executor, start, deadlines } = setUp();
    start('a', forever, { timeoutMs: null });
    expect(executor.sweep()).toBeNull();
    expect(deadlines()).toBe(0);
  });

  it('tells of a deadline only when it is nearer than all others', () => {
    const { executor, start, pass, deadlines } = setUp();
    start('a', forever, { timeoutMs: 100 });
    start('b', forever, { timeoutMs: 500 });
    expect(deadlines()).toBe(1);
    start('c', forever, { timeoutMs: 50 });
    expect(deadlines()).toBe(2);
    executor.stop('b', 'request');
    expect(deadlines()).toBe(2);
    pass(50);
    expect(executor.sweep()).toBe(50);
  });

  it('keeps the first reason to stop', () => {
    const { executor, start, ended, pass } = setUp();
    start('a', forever, { timeoutMs: 100, cancelGraceMs: 500 });
    expect(executor.stop('a', 'request')).toBe(true);
    expect(executor.stop('nobody', 'request')).toBe(false);
    pass(200);
    executor.sweep();
    executor.stopAll('shutdown');
    pass(300);
    executor.sweep();
    expect(ended[0]?.attempt.stopCause).toBe('request');
  });

  it('gathers output and progress of running attempts', () => {
    const { executor, start } = setUp();
    let context: AttemptContext | undefined;
    start('a', (given) => {
      context = given;
      return forever(given);
    });
    expect(executor.takeReports()).toEqual([]);
    context?.output('stdout', 'hello');
    context?.output('stdout', '');
    context?.progress(1);
    context?.progress({ done: 2 });
    expect(executor.takeReports()).toMatchObject([
      { runId: 'a', fence: 1, progress: { done: 2 }, output: [{ text: 'hello', seq: 0 }] },
    ]);
    expect(executor.takeReports()).toEqual([]);
    context?.progress(null);
    expect(executor.takeReports()).toMatchObject([{ progress: null, output: [] }]);
  });

  it('never ends an attempt before it began, though the clock was set back', async () => {
    const { start, ended, clock } = setUp();
    start('a', () => good);
    clock.at = 10;
    await turn();
    expect(ended[0]?.endedAt).toBe(1_000);
  });
});

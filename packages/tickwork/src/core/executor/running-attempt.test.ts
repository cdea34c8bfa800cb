import { definition } from '@tickwork/verify/engine/stored-job.ts';
import { storedRun } from '@tickwork/verify/engine/stored-run.ts';
import { describe, expect, it } from 'vitest';
import type { Policies } from '../model/policy.ts';
import type { StopCause } from '../model/stop-cause.ts';
import { RunningAttempt } from './running-attempt.ts';

function attemptOf(
  policies: Partial<Policies> = {},
  slotKind: 'function' | 'external' = 'function',
) {
  const kind = {
    ...{ kind: 'test', slotKind, handles: () => [], validate: () => {} },
    execute: async () => ({ ok: true as const, result: null }),
    killsAfterGrace: () => slotKind === 'external',
  };
  const run = storedRun({ id: 'r', fireAt: 500, coalescedCount: 4 });
  const identity = { nodeId: 'n', fence: 7, attempt: 2, startedAt: 1_000 };
  const started = { run, work: definition({ policies }), kind, ...identity };
  const attempt = new RunningAttempt(started, { now: () => 1_234, onReport: () => {} });
  attempt.begin(1_000, 100);
  return attempt;
}

describe('RunningAttempt', () => {
  it('shows the handler which attempt of which run it is', () => {
    expect(attemptOf()).toMatchObject({
      ...{ runId: 'r', jobName: 'job', attempt: 2, fireAt: 500, fence: 7 },
      ...{ idempotencyKey: 'r', coalescedCount: 4, cancelGraceMs: 5_000, slotKind: 'function' },
    });
  });

  it.each([
    ['timeout', 'TASK_TIMEOUT'],
    ['fenced', 'FENCED'],
    ['request', 'TASK_CANCELLED'],
    ['overlap', 'TASK_CANCELLED'],
    ['shutdown', 'TASK_CANCELLED'],
  ] as readonly [StopCause, string][])('stopped by %s aborts with %s', (cause, code) => {
    const asked = attemptOf();
    const { signal } = asked;
    expect(signal.aborted).toBe(false);
    asked.stop(cause, 200);
    expect(signal.reason).toMatchObject({ code });
    // One that first asks for the signal afterwards finds it aborted.
    const late = attemptOf();
    late.stop(cause, 200);
    expect(late.signal.reason).toMatchObject({ code });
    expect(late.signal).toBe(late.signal);
  });

  it.each([
    [{ timeoutMs: 300 }, 'function', null, 400],
    [{ timeoutMs: null }, 'function', null, Number.POSITIVE_INFINITY],
    [{ timeoutMs: null, cancelGraceMs: 50 }, 'function', 250, 300],
    [{ timeoutMs: 300, cancelGraceMs: 50 }, 'external', 250, 3_300],
  ] as const)('with %j in %s, stopped at %s, is due at %d', (policies, slotKind, stopAt, due) => {
    const attempt = attemptOf(policies, slotKind);
    if (stopAt !== null) attempt.stop('request', stopAt);
    expect(attempt.deadlineMono()).toBe(due);
  });

  it('reports what is new since the last time, and the rest at its end', () => {
    const attempt = attemptOf();
    expect(attempt.takeReport(false)).toBeNull();
    attempt.output('log', 'one');
    expect(attempt.takeReport(false)).toEqual({
      runId: 'r',
      fence: 7,
      output: [{ attempt: 2, seq: 0, at: 1_234, stream: 'log', text: 'one' }],
    });
    attempt.progress(0.5);
    expect(attempt.takeReport(true)).toEqual({ runId: 'r', fence: 7, progress: 0.5, output: [] });
    expect(attempt.takeReport(true)).toBeNull();
  });
});

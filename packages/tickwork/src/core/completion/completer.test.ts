import { describe, expect, it } from 'vitest';
import { TickworkError } from '../base/errors.ts';
import type { Completion, CompletionOutcome, RunReport } from '../ports/run-store.ts';
import { Completer, type PendingEnd } from './completer.ts';

function end(id: number, report: RunReport | null = null): PendingEnd {
  const completion: Completion = {
    ...{ runId: `r${id}`, fence: 1, nodeId: 'n', startedAt: 0, endedAt: 1, followUps: [] },
    ...{ state: 'SUCCESS', reason: null, outcome: 'success', dueAt: null },
    ...{ error: null, exitCode: null, result: null },
  };
  return { ended: null, completion, report };
}

function setUp(outcomeOf: (runId: string) => CompletionOutcome = () => 'accepted') {
  const calls: string[] = [];
  const fails: string[] = [];
  const told: string[] = [];
  const call = (name: string): void => {
    calls.push(name);
    if (fails[0] !== name) return;
    fails.shift();
    throw new TickworkError('STORE_UNAVAILABLE', { reason: `${name} failed` });
  };
  const completer = new Completer({
    store: {
      async completeRuns(completions) {
        call('completeRuns');
        calls.push(completions.map(({ runId }) => runId).join(' '));
        return completions.map(({ runId }) => outcomeOf(runId));
      },
      async reportRuns(reports) {
        call('reportRuns');
        return reports.map(() => 'accepted');
      },
    },
    flushReports: async () => call('flush'),
    onAccepted: ({ completion }, letsIn) =>
      told.push(`${completion.runId} accepted${letsIn ? ', lets in' : ''}`),
    onRefused: ({ completion }) => told.push(`${completion.runId} refused`),
    onRoom: () => told.push(`room at ${completer.pendingCount}`),
  });
  return { completer, calls, told, fails };
}

const output: RunReport = { runId: 'r2', fence: 1, output: [] };

describe('Completer', () => {
  it('writes the ends of one turn together', async () => {
    const { completer, calls, told } = setUp();
    completer.add(end(1));
    const pass = completer.pass();
    completer.add(end(2));
    expect(completer.pendingCount).toBe(2);
    await pass;
    expect(calls).toEqual(['completeRuns', 'r1 r2']);
    expect(told).toEqual(['r1 accepted', 'r2 accepted']);
    expect(completer.pendingCount).toBe(0);
  });

  it('tells when there is room again for what is to be started', async () => {
    const { completer, told } = setUp();
    for (let id = 0; id < 5_000; id++) completer.add(end(id));
    expect(completer.isFull).toBe(false);
    completer.add(end(5_000));
    expect(completer.isFull).toBe(true);
    await completer.pass();
    expect(completer.isFull).toBe(false);
    expect(told.filter((each) => each.startsWith('room'))).toEqual(['room at 4001']);
  });

  it('writes the last output before the end', async () => {
    const { completer, calls } = setUp();
    completer.add(end(1));
    completer.add(end(2, output));
    await completer.pass();
    expect(calls).toEqual(['flush', 'reportRuns', 'completeRuns', 'r1 r2']);
  });

  it('writes nothing for nothing', async () => {
    const { completer, calls } = setUp();
    await completer.pass();
    expect(calls).toEqual([]);
  });

  it('writes many in batches', async () => {
    const { completer, calls, told } = setUp();
    for (let i = 0; i < 2_500; i++) completer.add(end(i));
    await completer.pass();
    expect(calls.filter((name) => name === 'completeRuns')).toHaveLength(3);
    expect(told).toHaveLength(2_500);
  });

  it.each(['flush', 'reportRuns', 'completeRuns'])('keeps the ends when %s fails', async (name) => {
    const { completer, told, fails } = setUp();
    fails.push(name);
    completer.add(end(1));
    completer.add(end(2, output));
    await expect(completer.pass()).rejects.toThrow(`${name} failed`);
    expect(completer.pendingCount).toBe(2);
    expect(completer.isPending('r2')).toBe(true);
    expect(told).toEqual([]);
    completer.add(end(3));
    await completer.pass();
    expect(told).toEqual(['r1 accepted', 'r2 accepted', 'r3 accepted']);
    expect(completer.isPending('r2')).toBe(false);
  });

  it('knows whose end is not written yet, in whatever order they end', async () => {
    const { completer } = setUp();
    const pending = (): boolean[] => [1, 2, 3, 4].map((id) => completer.isPending(`r${id}`));
    expect(pending()).toEqual([false, false, false, false]);
    completer.add(end(3));
    expect(pending()).toEqual([false, false, true, false]);
    completer.add(end(2));
    expect(pending()).toEqual([false, true, true, false]);
    completer.add(end(4));
    expect(pending()).toEqual([false, true, true, true]);
    expect([completer.isPending('r2', 1), completer.isPending('r2', 2)]).toEqual([true, false]);
    await completer.pass();
    expect(pending()).toEqual([false, false, false, false]);
    completer.add(end(1));
    expect(pending()).toEqual([true, false, false, false]);
  });

  it('forgets those of a batch that was written while others wait', async () => {
    const { completer, fails } = setUp();
    for (let i = 0; i < 1_001; i++) completer.add(end(i));
    expect(completer.isPending('r5')).toBe(true);
    const pass = completer.pass();
    await Promise.resolve();
    fails.push('completeRuns');
    await expect(pass).rejects.toThrow('completeRuns failed');
    expect(completer.pendingCount).toBe(1);
    expect([completer.isPending('r5'), completer.isPending('r1000')]).toEqual([false, true]);
  });

  it('drops refused ends for good', async () => {
    const { completer, told } = setUp((runId) => (runId === 'r1' ? 'refused' : 'accepted'));
    completer.add(end(1));
    completer.add(end(2));
    await completer.pass();
    await completer.pass();
    expect(told).toEqual(['r1 refused', 'r2 accepted']);
  });

  it('tells which ends let a waiting run in', async () => {
    const { completer, told } = setUp((runId) => (runId === 'r2' ? 'lets-in' : 'accepted'));
    completer.add(end(1));
    completer.add(end(2));
    await completer.pass();
    expect(told).toEqual(['r1 accepted', 'r2 accepted, lets in']);
  });

  it('lets one end that no store takes fail alone, and says why', async () => {
    const stored: string[] = [];
    const completer = new Completer({
      store: {
        async completeRuns(completions) {
          if (completions.some(({ result }) => result === 'poison')) throw new Error('too odd');
          for (const { runId, state, error } of completions) {
            stored.push(`${runId} ${state} ${error}`);
          }
          return completions.map(() => 'accepted');
        },
        reportRuns: async (reports) => reports.map(() => 'accepted'),
      },
      flushReports: async () => undefined,
      onAccepted: () => undefined,
      onRefused: () => undefined,
      onRoom: () => undefined,
    });
    const odd = end(2);
    for (const each of [end(1), odd, end(3)]) {
      const poisoned = each === odd ? { ...odd.completion, result: 'poison' } : each.completion;
      completer.add({ ...each, completion: poisoned });
    }
    await expect(completer.pass()).rejects.toThrow('too odd');
    await completer.pass();
    expect(stored).toEqual([
      'r1 SUCCESS null',
      'r2 FAILED its end could not be stored: too odd',
      'r3 SUCCESS null',
    ]);
    expect(completer.pendingCount).toBe(0);
  });
});

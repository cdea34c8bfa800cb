import type { Json } from '../../../tickwork/src/core/base/json.ts';
import type { NewRun } from '../../../tickwork/src/core/model/run.ts';
import { expect } from './expect.ts';
import type { StoreCases } from './store-case.ts';
import { definitionOf, newRun, T0 } from './store-fixtures.ts';
import { claim, join, saveJob } from './store-steps.ts';

const { task, policies } = definitionOf();

/** A run that differs from others only in its id and input. */
function alike(id: string, input: Json = null, changes: Partial<NewRun> = {}): NewRun {
  return newRun({ id, definition: { task, input, policies }, ...changes });
}

const inputs: readonly Json[] = [
  null,
  false,
  -0.5e-7,
  '',
  'ß"\\\n\u0000\u2028\ud83d\ude00',
  '\ud800',
  [1, [null, {}], 'x'],
  { '': { 'a"b': 'é' }, 1: [] },
  'x'.repeat(5_000),
  { last: true },
];

/** Many runs of one task, which stores may write together. */
export const enqueueCases: StoreCases = {
  'each of many alike keeps its own input': async ({ store, other }) => {
    const runs = inputs.map((input, index) => alike(`e_${index}`, input));
    const outcomes = await store.enqueueRuns(runs, T0 + 1);
    expect(outcomes).toEqual(runs.map(({ id }) => ({ runId: id, outcome: 'stored' })));
    const stored = await other.findRuns(runs.map(({ id }) => id));
    for (const [index, run] of runs.entries()) {
      const { id, fireAt, startAt, handler, priority, origin } = run;
      const kept = { id, fireAt, startAt, handler, priority, origin, definition: run.definition };
      expect(stored[index]).toMatchObject({ ...kept, state: 'PENDING', createdAt: T0 + 1 });
    }
  },

  'among many alike, each that differs keeps what it has': async ({ store, other }) => {
    const { id: jobId, revision: jobRevision } = await saveJob(store, 'a');
    const definition = { task: { ...task, name: 'other' }, input: 1, policies };
    const odd: readonly Partial<NewRun>[] = [
      { fireAt: T0 - 5, startAt: T0 },
      { startAt: T0 + 9 },
      { handler: 'script' },
      { priority: 3 },
      { dedupeKey: 'k' },
      { coalescedCount: 2 },
      { input: { own: 1 } },
      { input: null },
      { parentId: 'e_parent' },
      { origin: 'backfill' },
      { definition },
      { definition: { task, input: 1, policies: { ...policies, priority: 7 } } },
      { definition: null },
      { jobId, jobRevision, origin: 'manual' },
    ];
    const runs = odd.flatMap((changes, index) => [
      alike(`e_${index}a`, index),
      alike(`e_${index}b`, index),
      alike(`e_${index}c`, index, changes),
      alike(`e_${index}d`, index, changes),
    ]);
    const outcomes = await store.enqueueRuns(runs, T0);
    expect(outcomes).toEqual(
      runs.map(({ id }) =>
        id === 'e_4d' ? { runId: 'e_4c', outcome: 'duplicate' } : { runId: id, outcome: 'stored' },
      ),
    );
    const stored = await other.findRuns(runs.map(({ id }) => id));
    for (const [index, run] of runs.entries()) {
      if (run.id === 'e_4d') expect(stored[index]).toBeNull();
      else expect(stored[index]).toMatchObject({ ...run, dueAt: run.startAt, createdAt: T0 });
    }
  },

  'many alike leave alone what there is, live or finished': async ({ store, other }) => {
    const ids = ['e_1', 'e_2', 'e_3', 'e_4', 'e_5'];
    await store.enqueueRuns([alike('e_2', 'live'), alike('e_4', 'finished')], T0);
    await store.cancelRuns(['e_4'], T0, 'request');
    const runs = [...ids, 'e_3'].map((id, index) => alike(id, index));
    for (const at of [T0 + 1, T0 + 2]) {
      const outcomes = await other.enqueueRuns(runs, at);
      expect(outcomes).toEqual(runs.map(({ id }) => ({ runId: id, outcome: 'stored' })));
    }
    const stored = await store.findRuns(ids);
    expect(stored.map((run) => [run?.state, run?.definition?.input, run?.createdAt])).toEqual([
      ['PENDING', 0, T0 + 1],
      ['PENDING', 'live', T0],
      ['PENDING', 2, T0 + 1],
      ['CANCELLED', 'finished', T0],
      ['PENDING', 4, T0 + 1],
    ]);
    await join(store);
    expect(await claim(store)).toEqual(['e_1', 'e_2', 'e_3', 'e_5']);
  },

  'an id may have any characters': async ({ store }) => {
    const ids = ['e_1', 'e_"quoted\\"', "e_'", 'e_ß {}', 'e_2'];
    await store.enqueueRuns(
      ids.map((id, index) => alike(id, index)),
      T0,
    );
    const stored = await store.findRuns(ids);
    expect(stored.map((run) => run?.definition?.input)).toEqual([0, 1, 2, 3, 4]);
  },
};

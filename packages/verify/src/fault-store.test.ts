import { describe, expect, test } from 'vitest';
import { createMemoryStore } from '../../tickwork/src/stores/memory/index.ts';
import { newRun, T0 } from './conformance/store-fixtures.ts';
import { createFaultStore, failNth, type StoreFault } from './fault-store.ts';

const memory = () => createMemoryStore({ clock: { now: () => T0, mono: () => 0 } });

describe('a fault store', () => {
  test('fails the n-th call before or after the store has applied it', async () => {
    for (const [fault, stored] of [
      ['fail-before', 1],
      ['fail-after', 2],
    ] as const) {
      const { store, failures, calls } = createFaultStore(memory(), failNth(2, fault));
      await store.enqueueRuns([newRun({ id: 'e_1' })], T0);
      const second = store.enqueueRuns([newRun({ id: 'e_2' })], T0);
      await expect(second).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
      const found = await store.findRuns(['e_1', 'e_2']);
      expect(found.filter((run) => run !== null)).toHaveLength(stored);
      expect(failures.map(({ index }) => index)).toEqual([2]);
      expect(calls.map(({ method }) => method)).toEqual(['enqueueRuns', 'enqueueRuns', 'findRuns']);
    }
  });

  test('counts the calls of one method alone', async () => {
    const { store } = createFaultStore(memory(), failNth(1, 'fail-before', 'nextDueAt'));
    expect(await store.findJobs(['a'])).toEqual([null]);
    await expect(store.nextDueAt()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    expect(await store.nextDueAt()).toBeNull();
  });

  test('holds a call until a promise has settled', async () => {
    const gate = Promise.withResolvers<void>();
    const faults: StoreFault[] = [gate.promise];
    const { store } = createFaultStore(memory(), () => faults.shift() ?? 'none');
    const held = store.enqueueRuns([newRun({ id: 'e_1' })], T0);
    expect(await store.findRuns(['e_1'])).toEqual([null]);
    gate.resolve();
    expect(await held).toEqual([{ runId: 'e_1', outcome: 'stored' }]);
  });
});

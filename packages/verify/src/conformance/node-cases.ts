import { expect } from './expect.ts';
import type { StoreCases } from './store-case.ts';
import { LEASE_MS, newRun, nodeInfo, T0 } from './store-fixtures.ts';
import { claim, findRun, join, start } from './store-steps.ts';

export const nodeCases: StoreCases = {
  'of several nodes that start a cluster exactly one is the first': async ({ store, other }) => {
    const joins = await Promise.all(
      ['n1', 'n2', 'n3', 'n4'].map((id, index) =>
        (index % 2 === 0 ? store : other).joinNode(nodeInfo(id), T0, T0 + LEASE_MS),
      ),
    );
    expect(joins.filter(({ first }) => first)).toHaveLength(1);
    const again = await Promise.all(
      ['n1', 'n2', 'n3', 'n4'].map((id) => other.joinNode(nodeInfo(id), T0 + 1, T0 + LEASE_MS)),
    );
    expect(again).toEqual(joins);
  },

  'a node whose lease has ended does not make the cluster warm': async ({ store }) => {
    await join(store);
    const join2 = async (id: string, at: number) => await store.joinNode(nodeInfo(id), at, at + 1);
    expect(await join2('n2', T0 + LEASE_MS)).toEqual({ first: false });
    expect(await join2('n3', T0 + LEASE_MS + 2)).toEqual({ first: true });
  },

  'renewing lengthens a lease, never shortens it, and fails for the dead': async ({
    store,
    other,
  }) => {
    await join(store);
    expect(await store.renewNode('n1', T0 + 1)).toEqual({ held: true });
    expect(await other.reapNodes(T0 + LEASE_MS, [])).toEqual({ nodeIds: [], releasedCount: 0 });
    expect(await store.renewNode('n1', T0 + 2 * LEASE_MS)).toEqual({ held: true });
    expect(await other.reapNodes(T0 + 2 * LEASE_MS, [])).toMatchObject({ nodeIds: [] });
    expect(await other.reapNodes(T0 + 2 * LEASE_MS + 1, [])).toMatchObject({ nodeIds: ['n1'] });
    expect(await store.renewNode('n1', T0 + 9 * LEASE_MS)).toEqual({ held: false });
    expect(await store.renewNode('unknown', T0)).toEqual({ held: false });
    const former = store.joinNode(nodeInfo('n1'), T0, T0 + LEASE_MS);
    await expect(former).rejects.toMatchObject({ code: 'FENCED' });
  },

  'what a dead node held: reservations are free, running runs are lost': async ({
    store,
    other,
  }) => {
    await join(store, 'n1');
    await join(other, 'n2');
    await store.enqueueRuns(
      ['e_1', 'e_2', 'e_3'].map((id) => newRun({ id })),
      T0,
    );
    await claim(store);
    await start(store, 'e_1', { at: T0 + 2 });
    await start(store, 'e_2', { at: T0 + 1 });
    expect(await other.findLostRuns(9)).toEqual([]);
    expect(await other.reapNodes(T0 + 3, ['n1'])).toEqual({ nodeIds: ['n1'], releasedCount: 1 });
    expect(await other.reapNodes(T0 + 3, ['n1'])).toEqual({ nodeIds: [], releasedCount: 0 });
    expect((await other.findLostRuns(9)).map(({ id }) => id)).toEqual(['e_2', 'e_1']);
    expect(await other.findLostRuns(1)).toHaveLength(1);
    expect(await findRun(other, 'e_1')).toMatchObject({ state: 'RUNNING', nodeId: 'n1' });
    expect(await claim(other, { nodeId: 'n2' })).toEqual(['e_3']);
  },

  'a node that leaves gives everything back at once': async ({ store, other }) => {
    await join(store);
    await store.enqueueRuns([newRun({ id: 'e_1' }), newRun({ id: 'e_2' })], T0);
    await claim(store);
    await start(store, 'e_1');
    await store.leaveNode('n1', T0 + 5);
    await store.leaveNode('n1', T0 + 6);
    expect(await findRun(other, 'e_2')).toMatchObject({ nodeId: null });
    expect((await other.findLostRuns(9)).map(({ id }) => id)).toEqual(['e_1']);
    const [node] = await other.listNodes(9);
    expect(node).toEqual({ ...nodeInfo('n1'), startedAt: T0, leaseUntil: T0 + 5, state: 'left' });
    expect(await other.joinNode(nodeInfo('n2'), T0 + 7, T0 + 8)).toEqual({ first: true });
  },

  'nodes are listed those that are up first, then the latest': async ({ store }) => {
    for (const [id, at] of [
      ['b', 1],
      ['a', 1],
      ['c', 2],
      ['d', 3],
    ] as const) {
      await join(store, id, T0 + at);
    }
    await store.leaveNode('d', T0 + 4);
    const ids = async (limit: number) => (await store.listNodes(limit)).map(({ id }) => id);
    expect(await ids(9)).toEqual(['c', 'a', 'b', 'd']);
    expect(await ids(2)).toEqual(['c', 'a']);
  },

  'signals change with what others write and stand still otherwise': async ({ store, other }) => {
    await join(store);
    const first = await store.pollSignals('n1');
    expect(await store.pollSignals('n1')).toEqual(first);
    await claim(other);
    await other.renewNode('n1', T0);
    await other.reapNodes(T0, []);
    expect((await store.pollSignals('n1')).change).toBe(first.change);
    await other.enqueueRuns([newRun({ id: 'e_1' })], T0);
    const second = await store.pollSignals('n1');
    expect(second.change).not.toBe(first.change);
    expect(second.jobsVersion).toBe(first.jobsVersion);
  },

  'the clock never goes back': async ({ store }) => {
    let last = 0;
    for (let count = 0; count < 5; count++) {
      const at = await store.readClock();
      expect(Number.isInteger(at)).toBe(true);
      expect(at).toBeGreaterThanOrEqual(last);
      last = at;
    }
  },

  'a closed store refuses calls; closing twice is nothing': async ({ store }) => {
    const pending = store.enqueueRuns([newRun({ id: 'e_1' })], T0);
    await store.close();
    await store.close();
    expect(await pending).toEqual([{ runId: 'e_1', outcome: 'stored' }]);
    await expect(store.nextDueAt()).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
    const refused = store.enqueueRuns([newRun({ id: 'e_2' })], T0);
    await expect(refused).rejects.toMatchObject({ code: 'STORE_UNAVAILABLE' });
  },
};

import type { SlotLimit } from '../../../tickwork/src/core/model/limit.ts';
import type { StartRequest } from '../../../tickwork/src/core/ports/run-store.ts';
import type { Store } from '../../../tickwork/src/core/ports/store.ts';
import { expect } from './expect.ts';
import type { StoreCases } from './store-case.ts';
import { completion, newRun, T0 } from './store-fixtures.ts';
import { claim, findRun, join, plan, saveJob, start } from './store-steps.ts';

const key = (weight: number, max: number): SlotLimit => ({ key: 'key:k', weight, max });
const limited = { outcome: 'limited', key: 'key:k' };

/** Stores and claims enqueued runs for n1; answers their ids. */
async function enqueue(store: Store, count: number, handler = 'function:work'): Promise<string[]> {
  const ids = Array.from({ length: count }, (_, i) => `e_${handler.slice(-1)}${i}`);
  const runs = ids.map((id, i) => newRun({ id, fireAt: T0 + i, handler }));
  await store.enqueueRuns(runs, T0);
  return await claim(store, { handlers: [handler] });
}

async function enter(store: Store, runId: string, ask: Partial<StartRequest>, at = T0) {
  const request = { runId, exclusive: false, attemptBefore: 0, ...ask };
  return (await store.startRuns('n1', [request], at))[0];
}

async function end(store: Store, runId: string): Promise<void> {
  await store.completeRuns([completion({ runId, nodeId: 'n1', fence: 1 })]);
}

export const limitCases: StoreCases = {
  'a start takes room under its key until its end, and others wait': async (under) => {
    const { store, other } = under;
    await join(store);
    const [a = '', b = '', c = ''] = await enqueue(store, 3);
    const slots = [key(1, 2)];
    expect(await enter(store, a, { slots })).toMatchObject({ outcome: 'started' });
    expect(await enter(other, b, { slots })).toMatchObject({ outcome: 'started' });
    expect(await enter(store, c, { slots })).toEqual(limited);
    expect(await findRun(other, c)).toMatchObject({
      ...{ state: 'PENDING', reason: 'concurrency', limitKey: 'key:k', nodeId: null },
    });
    expect(await claim(other)).toEqual([]);
    await end(other, a);
    expect(await claim(store)).toEqual([c]);
    expect(await enter(store, c, { slots })).toMatchObject({ outcome: 'started' });
    expect(await findRun(other, c)).toMatchObject({ reason: null, limitKey: null });
  },

  'a repeated start takes no second room': async ({ store, other }) => {
    await join(store);
    const [a = '', b = ''] = await enqueue(store, 2);
    const slots = [key(1, 2)];
    await enter(store, a, { slots });
    expect(await enter(other, a, { slots })).toMatchObject({ outcome: 'started', fence: 1 });
    expect(await enter(store, b, { slots })).toMatchObject({ outcome: 'started' });
    await end(store, a);
    await end(store, a);
    const [c = '', d = ''] = (await enqueue(store, 4)).slice(-2);
    expect(await enter(store, c, { slots })).toMatchObject({ outcome: 'started' });
    expect(await enter(store, d, { slots })).toEqual(limited);
  },

  'room that a first key has is not taken where a second has none': async ({ store }) => {
    await join(store);
    const [a = '', b = '', c = ''] = await enqueue(store, 3);
    const pool = { key: 'pool:p', weight: 1, max: 1 };
    await enter(store, a, { slots: [pool] });
    expect(await enter(store, b, { slots: [key(1, 1), pool] })).toEqual({
      outcome: 'limited',
      key: 'pool:p',
    });
    expect(await enter(store, c, { slots: [key(1, 1)] })).toMatchObject({ outcome: 'started' });
  },

  'those that wait are let in by their line, as far as they fit': async ({ store, other }) => {
    await join(store);
    const [a = '', b = '', c = '', d = ''] = await enqueue(store, 4);
    await enter(store, a, { slots: [key(3, 3)] });
    expect(await enter(store, b, { slots: [key(2, 3)] })).toEqual(limited);
    expect(await enter(store, c, { slots: [key(2, 3)] })).toEqual(limited);
    expect(await enter(store, d, { slots: [key(1, 3)] })).toEqual(limited);
    await end(store, a);
    // The third would fit, but the second comes before it.
    expect(await claim(other)).toEqual([b]);
    await store.settleRuns('n1', [{ runId: b, to: 'released' }], T0);
    expect(await claim(store)).toEqual([b]);
    await store.settleRuns('n1', [{ runId: b, to: 'SKIPPED', reason: 'too-late' }], T0);
    expect(await claim(store)).toEqual([c, d]);
  },

  'a line of a handler that nobody has keeps no other back': async ({ store }) => {
    await join(store);
    const [a = ''] = await enqueue(store, 1);
    const [x = ''] = await enqueue(store, 1, 'script');
    await enter(store, a, { slots: [key(1, 1)] });
    await enter(store, x, { slots: [key(1, 1)] });
    await store.enqueueRuns([newRun({ id: 'e_late', fireAt: T0 + 50 })], T0);
    await claim(store);
    expect(await enter(store, 'e_late', { slots: [key(1, 1)] })).toEqual(limited);
    await end(store, a);
    expect(await claim(store)).toEqual(['e_late']);
  },

  'a run that waits for room occupies its job': async ({ store, other }) => {
    await join(store);
    await saveJob(store, 'a');
    const [a = ''] = await enqueue(store, 1);
    const [first = '', second = ''] = await plan(store, 'a', [T0 + 1, T0 + 2], 'n1');
    await enter(store, a, { slots: [key(1, 1)] });
    expect(await enter(store, first, { exclusive: true, slots: [key(1, 1)] })).toEqual(limited);
    expect(await start(other, second, { exclusive: true })).toEqual({
      ...{ outcome: 'blocked', activeRunIds: [first], waitingCount: 0 },
    });
    expect(await store.findOverdue([1], T0 + 9)).toMatchObject([{ id: second }]);
  },

  'what a lost or retried attempt held is free': async ({ store }) => {
    await join(store);
    const [a = '', b = ''] = await enqueue(store, 2);
    await enter(store, a, { slots: [key(1, 1)] });
    expect(await enter(store, b, { slots: [key(1, 1)] })).toEqual(limited);
    const again = { state: 'RETRY', reason: 'error', outcome: 'lost', dueAt: T0 + 9 } as const;
    await store.completeRuns([completion({ runId: a, nodeId: 'n1', fence: 1 }, again)]);
    expect(await claim(store, { until: T0 + 1 })).toEqual([b]);
    expect(await enter(store, b, { slots: [key(1, 1)] })).toMatchObject({ outcome: 'started' });
  },

  'a node that leaves gives back what it reserved in a line': async ({ store, other }) => {
    await join(store);
    await join(store, 'n2');
    const [a = '', b = ''] = await enqueue(store, 2);
    await enter(store, a, { slots: [key(1, 1)] });
    await enter(store, b, { slots: [key(1, 1)] });
    await end(store, a);
    expect(await claim(store, { nodeId: 'n2' })).toEqual([b]);
    await other.leaveNode('n2', T0);
    expect(await claim(store)).toEqual([b]);
  },

  'a full window puts starts off to the next with room': async ({ store, other }) => {
    await join(store);
    const ids = await enqueue(store, 4);
    const rate = { key: 'key:r', max: 1, perMs: 1000 };
    const answers = [];
    for (const id of ids) answers.push(await enter(store, id, { rate }, T0 + 5));
    const put = (untilAt: number) => ({ outcome: 'delayed', key: 'key:r', untilAt });
    expect(answers.slice(1)).toEqual([put(T0 + 1000), put(T0 + 2000), put(T0 + 3000)]);
    const [, second = '', third = ''] = ids;
    expect(await findRun(other, second)).toMatchObject({
      ...{ state: 'PENDING', reason: 'rate', limitKey: 'key:r', dueAt: T0 + 1000, nodeId: null },
    });
    expect(await claim(other, { until: T0 + 2000 })).toEqual([second, third]);
    const booked = await enter(store, second, { rate }, T0 + 1001);
    expect(booked).toMatchObject({ outcome: 'started' });
    // Its window is over: the place is taken anew.
    expect(await enter(store, third, { rate }, T0 + 3005)).toEqual(put(T0 + 4000));
  },
};

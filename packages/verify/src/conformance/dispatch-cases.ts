import type { Policies } from '../../../tickwork/src/core/model/policy.ts';
import { runId } from '../../../tickwork/src/core/model/run.ts';
import { expect } from './expect.ts';
import type { StoreCases } from './store-case.ts';
import { completion, definitionOf, LEASE_MS, newRun, T0 } from './store-fixtures.ts';
import { claim, findRun, join, plan, saveJob, start } from './store-steps.ts';

export const dispatchCases: StoreCases = {
  'an enqueued run is stored once, whatever becomes of the answer': async ({ store, other }) => {
    const definition = {
      task: { kind: 'function', name: 'work', options: {} },
      input: { text: 'ß' },
      policies: (await saveJob(store, 'a')).definition.policies,
    };
    const run = newRun({ id: 'e_1', definition, input: null, startAt: T0 + 5 });
    expect(await store.enqueueRuns([run], T0 + 1)).toEqual([{ runId: 'e_1', outcome: 'stored' }]);
    const again = { ...run, priority: 9 };
    expect(await other.enqueueRuns([again], T0 + 2)).toEqual([{ runId: 'e_1', outcome: 'stored' }]);
    const stored = await findRun(other, 'e_1');
    expect(stored).toMatchObject({ ...run, state: 'PENDING', dueAt: T0 + 5, createdAt: T0 + 1 });
    expect(await findRun(store, 'e_1')).not.toHaveProperty('unknown');
    await store.enqueueRuns([newRun({ id: 'e_2' })], T0);
    expect(await findRun(store, 'e_2')).not.toHaveProperty('input');
  },

  'a dedupe key is unique among live runs and free again after the end': async ({ store }) => {
    const keyed = (id: string) => newRun({ id, dedupeKey: 'k' });
    expect(await store.enqueueRuns([keyed('e_1'), keyed('e_2')], T0)).toEqual([
      { runId: 'e_1', outcome: 'stored' },
      { runId: 'e_1', outcome: 'duplicate' },
    ]);
    await store.cancelRuns(['e_1'], T0, 'request');
    expect(await store.enqueueRuns([keyed('e_2'), keyed('e_1')], T0)).toEqual([
      { runId: 'e_2', outcome: 'stored' },
      { runId: 'e_1', outcome: 'stored' },
    ]);
  },

  'a dedupe key belongs to its handler': async ({ store, other }) => {
    const keyed = (id: string, handler: string) => newRun({ id, handler, dedupeKey: 'k' });
    const runs = [keyed('e_1', 'function:a'), keyed('e_2', 'function:b')];
    expect(await store.enqueueRuns(runs, T0)).toEqual([
      { runId: 'e_1', outcome: 'stored' },
      { runId: 'e_2', outcome: 'stored' },
    ]);
    expect(await other.enqueueRuns([keyed('e_3', 'function:b')], T0)).toEqual([
      { runId: 'e_2', outcome: 'duplicate' },
    ]);
  },

  'claims take due runs of their handlers by priority, instant and id': async ({ store }) => {
    await join(store);
    const runs = [
      newRun({ id: 'e_late', fireAt: T0 + 101 }),
      newRun({ id: 'e_due', fireAt: T0 + 100 }),
      newRun({ id: 'e_b', fireAt: T0 }),
      newRun({ id: 'e_a', fireAt: T0 }),
      newRun({ id: 'e_high', fireAt: T0 + 50, priority: 5, handler: 'script' }),
      newRun({ id: 'e_low', fireAt: T0, priority: -5 }),
      newRun({ id: 'e_other', fireAt: T0, priority: 9, handler: 'function:other' }),
      newRun({ id: 'e_script', fireAt: T0 + 1, handler: 'script' }),
    ];
    await store.enqueueRuns(runs, T0);
    const handlers = ['function:work', 'script', 'nothing'];
    const until = T0 + 100;
    expect(await claim(store, { handlers, until, limit: 4 })).toEqual([
      'e_high',
      'e_a',
      'e_b',
      'e_script',
    ]);
    expect(await claim(store, { handlers, until })).toEqual(['e_due', 'e_low']);
    expect(await claim(store, { handlers, until })).toEqual([]);
    expect(await findRun(store, 'e_low')).toMatchObject({ state: 'PENDING', nodeId: 'n1' });
  },

  'a claim starts at once what needs no decision': async ({ store, other }) => {
    await join(store);
    await saveJob(store, 'a');
    const [planned] = await plan(store, 'a', [T0 + 1000]);
    const runs = [
      newRun({ id: 'e_due', fireAt: T0 + 1000, input: 7 }),
      newRun({ id: 'e_later', fireAt: T0 + 1001 }),
    ];
    await store.enqueueRuns(runs, T0);
    const request = { nodeId: 'n1', handlers: ['function:work'], until: T0 + 2000, limit: 9 };
    const startAt = T0 + 1000;
    const claimed = await store.claimRuns({ ...request, now: startAt, startAt, recover: false });
    expect(claimed.map(({ id, state, fence, attempt }) => [id, state, fence, attempt])).toEqual([
      [planned, 'PENDING', 0, 0],
      ['e_due', 'RUNNING', 1, 1],
      ['e_later', 'PENDING', 0, 0],
    ]);
    expect(await other.findRuns(claimed.map(({ id }) => id))).toEqual(claimed);
    expect(claimed[1]).toMatchObject({ nodeId: 'n1', startedAt: startAt, input: 7 });
    const stored = await claim(other, { limit: 0, recover: true });
    expect(stored).toEqual([planned, 'e_due', 'e_later']);
    const again = await start(other, 'e_due', { attemptBefore: 0 });
    expect(again).toEqual({ outcome: 'started', fence: 1, attempt: 1 });
    const [ended] = await store.completeRuns([
      completion({ runId: 'e_due', nodeId: 'n1', fence: 1 }, { startedAt: startAt }),
    ]);
    expect(ended).toBe('accepted');
    const { attempts } = await other.readRun('e_due', { after: null, limit: 9 });
    expect(attempts).toMatchObject([{ attempt: 1, fence: 1, startedAt: startAt }]);
  },

  'a claim only reserves what has limits, a start window or a check': async ({ store, other }) => {
    await join(store);
    const { task, input, policies } = definitionOf();
    const decided: readonly Partial<Policies>[] = [
      { pool: { name: 'db', weight: 1, size: 1 } },
      { concurrency: { key: null, max: 1 } },
      { rate: { max: 1, perMs: 1000, key: null } },
      { startWithinMs: 1000 },
      { onlyIf: task },
    ];
    const runs = decided.map((each, index) => {
      const definition = { task, input, policies: { ...policies, ...each } };
      return newRun({ id: `e_${index}`, definition });
    });
    const plain = newRun({ id: 'e_plain', definition: { task, input, policies } });
    await store.enqueueRuns([...runs, plain, newRun({ id: 'e_bare' })], T0);
    const handlers = ['function:work'];
    const request = { nodeId: 'n1', handlers, until: T0, limit: 9, now: T0, startAt: T0 };
    const claimed = await store.claimRuns({ ...request, recover: false });
    expect(claimed.map(({ id, state }) => [id, state])).toEqual([
      ...runs.map(({ id }) => [id, 'PENDING']),
      ['e_bare', 'RUNNING'],
      ['e_plain', 'RUNNING'],
    ]);
    expect(await other.findRuns(claimed.map(({ id }) => id))).toEqual(claimed);
    const slots = [{ key: 'pool:db', weight: 1, max: 1 }];
    const enter = async (runId: string) => {
      const asked = { runId, exclusive: false, attemptBefore: 0, slots };
      return (await store.startRuns('n1', [asked], T0))[0];
    };
    expect(await enter('e_0')).toMatchObject({ outcome: 'started' });
    expect(await enter('e_1')).toEqual({ outcome: 'limited', key: 'pool:db' });
    // Ended among others like it, it gives its room back; who waits for it is claimed only.
    const ends = ['e_plain', 'e_0', 'e_bare'].map((runId) =>
      completion({ runId, nodeId: 'n1', fence: 1 }, { startedAt: T0, endedAt: T0 }),
    );
    expect(await store.completeRuns(ends)).toEqual(['accepted', 'accepted', 'accepted']);
    const [next] = await store.claimRuns({ ...request, recover: false });
    expect(next).toMatchObject({ id: 'e_1', state: 'PENDING', limitKey: 'pool:db' });
    expect(await enter('e_1')).toMatchObject({ outcome: 'started' });
  },

  'many runs of many handlers are claimed in order, piece by piece': async ({ store }) => {
    await join(store);
    const handlers = ['h0', 'h1', 'h2'];
    const runs = Array.from({ length: 300 }, (_, index) =>
      newRun({
        id: `e_${String(index * 7919).padStart(8, '0')}`,
        fireAt: T0 + ((index * 31) % 97),
        handler: handlers[(index * index) % 3] ?? '',
        priority: index % 50 === 0 ? 1 : 0,
      }),
    );
    await store.enqueueRuns(runs, T0);
    const sorted = [...runs].sort(
      (a, b) => b.priority - a.priority || a.startAt - b.startAt || (a.id < b.id ? -1 : 1),
    );
    const ids = sorted.map(({ id }) => id);
    expect(await claim(store, { handlers, limit: 199 })).toEqual(ids.slice(0, 199));
    expect(await claim(store, { handlers, limit: 199 })).toEqual(ids.slice(199));
  },

  'two nodes that claim at once never get the same run': async ({ store, other }) => {
    await join(store, 'n1');
    await join(other, 'n2');
    await store.enqueueRuns(
      Array.from({ length: 100 }, (_, index) => newRun({ id: `e_${index}` })),
      T0,
    );
    const claims = await Promise.all(
      Array.from({ length: 20 }, (_, index) =>
        index % 2 === 0 ? claim(store) : claim(other, { nodeId: 'n2' }),
      ),
    );
    expect(claims.flat()).toHaveLength(100);
    expect(new Set(claims.flat()).size).toBe(100);
  },

  'a lost answer is recovered: reservations come first, besides new ones': async ({
    store,
    other,
  }) => {
    await join(store);
    await store.enqueueRuns([newRun({ id: 'e_1' }), newRun({ id: 'e_2' })], T0);
    await claim(store, { limit: 1 });
    expect(await claim(other, { limit: 1, recover: true, handlers: ['x'] })).toEqual(['e_1']);
    expect(await claim(other, { limit: 1, recover: true })).toEqual(['e_1', 'e_2']);
    await start(store, 'e_1');
    expect(await claim(other, { limit: 1, recover: true })).toEqual(['e_1', 'e_2']);
  },

  'only what is due by then is recovered': async ({ store, other }) => {
    await join(store);
    const runs = ['e_1', 'e_2'].map((id, i) => newRun({ id, fireAt: T0 + 1000 * (i + 1) }));
    await store.enqueueRuns(runs, T0);
    await claim(store);
    const asked = { limit: 0, recover: true };
    expect(await claim(other, { ...asked, until: T0 + 999 })).toEqual([]);
    expect(await claim(other, { ...asked, until: T0 + 1000 })).toEqual(['e_1']);
    expect(await claim(other, { ...asked, until: T0 + 2000 })).toEqual(['e_1', 'e_2']);
  },

  'claims and starts need a node that is up and a lease that reaches now': async ({ store }) => {
    await join(store);
    await store.enqueueRuns([newRun({ id: 'e_1' })], T0);
    const fenced = { code: 'FENCED' };
    await expect(claim(store, { nodeId: 'unknown' })).rejects.toMatchObject(fenced);
    await expect(claim(store, { now: T0 + LEASE_MS + 1 })).rejects.toMatchObject(fenced);
    expect(await claim(store, { now: T0 + LEASE_MS })).toEqual(['e_1']);
    const late = start(store, 'e_1', { at: T0 + LEASE_MS + 1 });
    await expect(late).rejects.toMatchObject(fenced);
    await store.leaveNode('n1', T0);
    await expect(start(store, 'e_1')).rejects.toMatchObject(fenced);
    expect(await findRun(store, 'e_1')).toMatchObject({ state: 'PENDING', nodeId: null });
  },

  'waiting runs leave their queue oldest first, each after the end of the former': async ({
    store,
  }) => {
    await join(store);
    await saveJob(store, 'a');
    const [first, second, third] = await plan(store, 'a', [T0 + 1, T0 + 2, T0 + 3], 'n1');
    await start(store, first ?? '', { exclusive: true });
    // The younger one is settled first: the order of instants counts.
    const wait = (runId: string | undefined) =>
      store.settleRuns('n1', [{ runId: runId ?? '', to: 'waiting' }], T0 + 5);
    expect([...(await wait(third)), ...(await wait(second))]).toEqual(['written', 'written']);
    expect(await findRun(store, second ?? '')).toMatchObject({ waiting: true, nodeId: null });
    expect(await claim(store)).toEqual([]);
    const again = { state: 'RETRY', outcome: 'failed', dueAt: T0 + 60_000 } as const;
    const ended = await store.completeRuns([{ ...completionOf(first ?? ''), ...again }]);
    expect(ended).toEqual(['accepted']);
    expect(await claim(store)).toEqual([]);
    await store.cancelRuns([first ?? ''], T0 + 7, 'request');
    expect(await claim(store)).toEqual([second]);
    expect(await claim(store)).toEqual([]);
    expect(await start(store, second ?? '', { exclusive: true })).toMatchObject({ fence: 1 });
    expect(await findRun(store, second ?? '')).toMatchObject({ waiting: false });
    expect(await store.completeRuns([completionOf(second ?? '')])).toEqual(['lets-in']);
    expect(await claim(store)).toEqual([third]);
  },

  'the last of several ends lets a waiting run in': async ({ store }) => {
    await join(store);
    await saveJob(store, 'a');
    const [a = '', b = '', third = ''] = await plan(store, 'a', [T0 + 1, T0 + 2, T0 + 3], 'n1');
    const asked = [a, b].map((runId) => ({ runId, exclusive: false, attemptBefore: 0 }));
    await store.startRuns('n1', asked, T0 + 5);
    await store.settleRuns('n1', [{ runId: third, to: 'waiting' }], T0 + 5);
    const ends = [completionOf(b), completionOf(a)];
    expect(await store.completeRuns(ends)).toEqual(['accepted', 'lets-in']);
    expect(await claim(store)).toEqual([third]);
  },

  'a newcomer does not overtake a waiting run': async ({ store }) => {
    await join(store);
    await saveJob(store, 'a');
    const [first, second] = await plan(store, 'a', [T0 + 1, T0 + 2], 'n1');
    await start(store, first ?? '', { exclusive: true });
    await store.settleRuns('n1', [{ runId: second ?? '', to: 'waiting' }], T0 + 5);
    await store.completeRuns([completionOf(first ?? '')]);
    const [third] = await plan(store, 'a', [T0 + 3000], 'n1');
    expect(await start(store, third ?? '', { exclusive: true })).toEqual({
      outcome: 'blocked',
      activeRunIds: [],
      waitingCount: 1,
    });
  },

  'settlements apply to reserved runs of the node only': async ({ store }) => {
    await join(store, 'n1');
    await join(store, 'n2');
    await store.enqueueRuns(
      ['e_1', 'e_2', 'e_3'].map((id) => newRun({ id })),
      T0,
    );
    await claim(store, { limit: 2 });
    await claim(store, { nodeId: 'n2' });
    const skip = (runId: string) => ({ runId, to: 'SKIPPED', reason: 'misfire' }) as const;
    const release = { runId: 'e_2', to: 'released' } as const;
    const settlements = [skip('e_1'), release, skip('e_3'), skip('e_4')];
    expect(await store.settleRuns('n1', settlements, T0 + 1)).toEqual([
      'written',
      'written',
      'gone',
      'gone',
    ]);
    expect(await store.settleRuns('n1', [skip('e_1')], T0 + 1)).toEqual(['written']);
    expect(await store.settleRuns('n1', [skip('e_1')], T0 + 2)).toEqual(['gone']);
    expect(await findRun(store, 'e_1')).toMatchObject({ state: 'SKIPPED', reason: 'misfire' });
    expect(await claim(store)).toEqual(['e_2']);
  },

  'a run that stands for skipped ones counts them while it is pending': async ({ store }) => {
    await join(store);
    const { id } = await saveJob(store, 'a');
    const [first = '', second = '', third = ''] = await plan(
      store,
      'a',
      [T0 + 1, T0 + 2, T0 + 3],
      'n1',
    );
    const skip = { to: 'SKIPPED', reason: 'coalesced' } as const;
    await store.settleRuns('n1', [{ runId: first, ...skip, intoRunId: second }], T0 + 9);
    await store.settleRuns('n1', [{ runId: second, ...skip, intoRunId: third }], T0 + 9);
    await store.settleRuns('n1', [{ runId: second, ...skip, intoRunId: third }], T0 + 9);
    expect(await findRun(store, third)).toMatchObject({ coalescedCount: 2 });
    const [late = ''] = await plan(store, 'a', [T0 + 4], 'n1');
    await start(store, third);
    await store.settleRuns('n1', [{ runId: late, ...skip, intoRunId: third }], T0 + 9);
    expect(await findRun(store, third)).toMatchObject({ jobId: id, coalescedCount: 2 });
  },

  'overdue runs are scheduled ones that wait for nothing, reserved or not': async ({ store }) => {
    await join(store);
    const { id } = await saveJob(store, 'a');
    const [first, second, third] = await plan(store, 'a', [T0 + 1, T0 + 2, T0 + 3], 'n1');
    await start(store, first ?? '');
    const manual = newRun({ id: 'm', jobId: id, jobRevision: 1, origin: 'manual' });
    await store.enqueueRuns([manual], T0);
    const overdue = async (until: number) =>
      (await store.findOverdue([id, 999], until)).map((run) => run.id);
    expect(await overdue(T0 + 2)).toEqual([second]);
    expect(await overdue(T0 + 3)).toEqual([second, third]);
    await store.settleRuns('n1', [{ runId: second ?? '', to: 'waiting' }], T0 + 5);
    expect(await overdue(T0 + 3)).toEqual([third]);
  },

  'a backfill waits behind all others of its job, and is not counted': async (under) => {
    const { store, other } = under;
    await join(store);
    const job = await saveJob(store, 'a');
    const [first = ''] = await plan(store, 'a', [T0 + 5], 'n1');
    const made = [T0 - 9, T0 - 8].map((fireAt) =>
      newRun({
        id: runId.backfill(job.id, fireAt, null),
        ...{ jobId: job.id, jobRevision: 1, origin: 'backfill', fireAt, startAt: T0 },
      }),
    );
    const ids = made.map(({ id }) => id);
    await store.enqueueRuns(made, T0);
    expect(await claim(store)).toEqual(ids);
    await start(store, first);
    for (const id of ids) {
      const blocked = { outcome: 'blocked', activeRunIds: [first], waitingCount: 0 };
      expect(await start(other, id, { exclusive: true })).toEqual(blocked);
      await store.settleRuns('n1', [{ runId: id, to: 'waiting' }], T0);
    }
    const [second = ''] = await plan(store, 'a', [T0 + 6], 'n1');
    const third = { outcome: 'blocked', activeRunIds: [first], waitingCount: 0 };
    expect(await start(store, second, { exclusive: true })).toEqual(third);
    await store.settleRuns('n1', [{ runId: second, to: 'waiting' }], T0);
    const order = [first, second, ...ids];
    for (const [i, runId] of order.entries()) {
      if (i > 0) {
        expect(await claim(other)).toEqual([runId]);
        expect(await start(store, runId, { exclusive: true })).toMatchObject({ fence: 1 });
      }
      expect(await claim(store)).toEqual([]);
      await store.completeRuns([completion({ runId, nodeId: 'n1', fence: 1 })]);
    }
  },
};
function completionOf(runId: string) {
  return {
    runId,
    fence: 1,
    nodeId: 'n1',
    startedAt: T0,
    endedAt: T0 + 6,
    state: 'SUCCESS',
    reason: null,
    outcome: 'success',
    error: null,
    exitCode: null,
    result: null,
    dueAt: null,
    followUps: [],
  } as const;
}

import { expect } from './expect.ts';
import type { StoreCases } from './store-case.ts';
import { newRun, T0 } from './store-fixtures.ts';
import { claim, findRun, join, plan, saveJob, start } from './store-steps.ts';

export const startCases: StoreCases = {
  'a start raises fence and attempt; repeated it answers the same': async ({ store, other }) => {
    await join(store);
    await store.enqueueRuns([newRun({ id: 'e_1' })], T0);
    expect(await start(store, 'e_1')).toEqual({ outcome: 'gone' });
    await claim(store);
    const started = { outcome: 'started', fence: 1, attempt: 1 };
    expect(await start(store, 'e_1', { attemptBefore: 1 })).toEqual({ outcome: 'gone' });
    expect(await start(store, 'e_1', { at: T0 + 4 })).toEqual(started);
    expect(await start(other, 'e_1', { at: T0 + 5 })).toEqual(started);
    expect(await findRun(store, 'e_1')).toMatchObject({ state: 'RUNNING', startedAt: T0 + 4 });
    expect(await start(store, 'e_1', { attemptBefore: 1 })).toEqual({ outcome: 'gone' });
    expect(await start(store, 'e_unknown')).toEqual({ outcome: 'gone' });
  },

  'starts before their instants begin with them, one by one or together': async ({ store }) => {
    await join(store);
    const runIds: string[] = [];
    for (const [i, name] of ['a', 'b', 'c'].entries()) {
      await saveJob(store, name);
      runIds.push(...(await plan(store, name, [T0 + 500 + i], 'n1')));
    }
    const [first = '', ...rest] = runIds;
    expect(await start(store, first, { exclusive: true, at: T0 + 400 })).toMatchObject({
      fence: 1,
    });
    const asked = rest.map((runId) => ({ runId, exclusive: true, attemptBefore: 0 }));
    await store.startRuns('n1', asked, T0 + 400);
    const begun = (await store.findRuns(runIds)).map((run) => [run?.state, run?.startedAt]);
    const running = (startedAt: number) => ['RUNNING', startedAt];
    expect(begun).toEqual([running(T0 + 500), running(T0 + 501), running(T0 + 502)]);
    const { attempts } = await store.readRun(first, { after: null, limit: 1 });
    expect(attempts).toMatchObject([{ startedAt: T0 + 500 }]);
  },

  'an exclusive start is blocked by an active run of its job and says by which': async ({
    store,
  }) => {
    await join(store);
    await saveJob(store, 'a');
    const [first, second, third] = await plan(store, 'a', [T0 + 1, T0 + 2, T0 + 3], 'n1');
    const requests = [first, second, third].map((runId) => ({
      runId: runId ?? '',
      exclusive: true,
      attemptBefore: 0,
    }));
    const outcomes = await store.startRuns('n1', requests, T0 + 5);
    const blocked = { outcome: 'blocked', activeRunIds: [first], waitingCount: 0 };
    expect(outcomes).toEqual([{ outcome: 'started', fence: 1, attempt: 1 }, blocked, blocked]);
    expect(await start(store, third ?? '')).toMatchObject({ outcome: 'started' });
    expect(await start(store, second ?? '', { exclusive: true })).toMatchObject({
      activeRunIds: [first, third],
    });
  },

  'a list of jobs counts the runs of each that are RUNNING': async ({ store, other }) => {
    await join(store);
    for (const name of ['a', 'b', 'c']) await saveJob(store, name);
    const [first, second] = await plan(store, 'a', [T0 + 1, T0 + 2, T0 + 3], 'n1');
    await plan(store, 'b', [T0 + 1], 'n1');
    for (const runId of [first, second]) await start(store, runId ?? '', { at: T0 + 5 });
    const listed = await other.listJobs({}, { after: null, limit: 9 });
    expect(listed.map((job) => [job.name, job.runningCount])).toEqual([
      ['a', 2],
      ['b', 0],
      ['c', 0],
    ]);
  },
};

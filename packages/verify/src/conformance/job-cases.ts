import { expect } from './expect.ts';
import type { StoreCases } from './store-case.ts';
import {
  definitionOf,
  expectedOf,
  jobWrite,
  newRun,
  planWrite,
  positionAt,
  scheduledRun,
  T0,
} from './store-fixtures.ts';
import { findJob, findRun, join, plan, saveJob, start } from './store-steps.ts';

export const jobCases: StoreCases = {
  'an inserted job stands as written, with revision 1 and empty counts': async ({
    store,
    other,
  }) => {
    expect(await store.saveJobs([jobWrite('a'), jobWrite('b')])).toEqual(['written', 'written']);
    const [a, none] = await other.findJobs(['a', 'missing']);
    expect(none).toBeNull();
    expect(a).toMatchObject({ name: 'a', revision: 1, status: 'active', cursorAt: T0 });
    expect(a).toMatchObject({ definition: definitionOf(), createdAt: T0, nextFireAt: T0 + 1000 });
    expect(a?.stats).toMatchObject({ successCount: 0, lastState: null, durationMsTotal: 0 });
    expect(a?.id).not.toBe((await findJob(store, 'b')).id);
  },

  'a repeated insert is written, another definition under the name is a conflict': async ({
    store,
  }) => {
    await store.saveJobs([jobWrite('a')]);
    const changed = jobWrite('a', { definition: definitionOf({ description: 'other' }) });
    const moved = jobWrite('a', { source: { kind: 'api', id: '' } });
    const outcomes = await store.saveJobs([jobWrite('a'), changed, moved]);
    expect(outcomes).toEqual(['written', 'conflict', 'conflict']);
    expect(await findJob(store, 'a')).toMatchObject({ revision: 1, definition: definitionOf() });
  },

  'an update needs the job exactly as expected; repeated it is written once': async ({
    store,
    other,
  }) => {
    const job = await saveJob(store, 'a');
    const definition = definitionOf({ description: 'second' });
    const update = jobWrite('a', { expected: expectedOf(job), definition, effectiveAt: T0 + 5 });
    expect(await store.saveJobs([update])).toEqual(['written']);
    expect(await other.saveJobs([update])).toEqual(['written']);
    const late = jobWrite('a', { expected: expectedOf(job) });
    expect(await store.saveJobs([late])).toEqual(['conflict']);
    expect(await findJob(store, 'a')).toMatchObject({ revision: 2, definition, createdAt: T0 });
    const keys = [1, 2, 3].map((revision) => ({ jobId: job.id, revision }));
    expect(await store.findRevisions(keys)).toEqual([definitionOf(), definition, null]);
  },

  'a cursor is never set back': async ({ store }) => {
    const job = await saveJob(store, 'a');
    const back = { expected: expectedOf(job), position: positionAt(T0 - 1, T0) };
    await expect(store.saveJobs([jobWrite('a', back)])).rejects.toMatchObject({
      code: 'BROKEN_INVARIANT',
    });
    await expect(store.planDue([planWrite(job, T0 - 1)])).rejects.toMatchObject({
      code: 'BROKEN_INVARIANT',
    });
    expect(await findJob(store, 'a')).toEqual(job);
  },

  'superseding skips what has not begun, but for runs by hand': async ({ store }) => {
    await join(store);
    const job = await saveJob(store, 'a');
    const [begun, pending] = await plan(store, 'a', [T0 + 1000, T0 + 2000], 'n1');
    await start(store, begun ?? '');
    const manual = newRun({ id: 'manual', jobId: job.id, jobRevision: 1, origin: 'manual' });
    await store.enqueueRuns([manual], T0);
    const expected = expectedOf(await findJob(store, 'a'));
    const position = positionAt(T0 + 3000, null);
    const supersede = { reason: 'superseded' } as const;
    await store.saveJobs([jobWrite('a', { expected, position, supersede, at: T0 + 7 })]);
    expect(await findRun(store, begun ?? '')).toMatchObject({ state: 'RUNNING' });
    expect(await findRun(store, 'manual')).toMatchObject({ state: 'PENDING' });
    expect(await findRun(store, pending ?? '')).toMatchObject({
      state: 'SKIPPED',
      reason: 'superseded',
      endedAt: T0 + 7,
    });
    expect((await findJob(store, 'a')).stats.skippedCount).toBe(1);
  },

  'jobs are listed by name, in pages, by every filter': async ({ store }) => {
    const file = { kind: 'file', id: '/jobs.yaml' } as const;
    await store.saveJobs([
      jobWrite('b\u{1f600}', { source: file }),
      jobWrite('b\u{fffd}', { definition: definitionOf({ tags: ['red', 'blue'] }) }),
      jobWrite('a', { status: 'paused', eventDriven: true }),
      jobWrite('Größe', { definition: definitionOf({ tags: ['red'] }) }),
    ]);
    const names = async (
      filter: Parameters<typeof store.listJobs>[0],
      after: string | null = null,
    ) => (await store.listJobs(filter, { after, limit: 3 })).map((job) => job.name);
    expect(await names({})).toEqual(['Größe', 'a', 'b\u{fffd}']);
    expect(await names({}, 'b\u{fffd}')).toEqual(['b\u{1f600}']);
    expect(await names({ source: file })).toEqual(['b\u{1f600}']);
    expect(await names({ tag: 'red' })).toEqual(['Größe', 'b\u{fffd}']);
    expect(await names({ status: 'paused' })).toEqual(['a']);
    expect(await names({ eventDriven: true })).toEqual(['a']);
    expect(await names({ search: 'RÖ' })).toEqual(['Größe']);
    expect(await names({ search: '%' })).toEqual([]);
  },

  'a tag that a later revision drops is not found any more': async ({ store }) => {
    const job = await saveJob(store, 'a', { definition: definitionOf({ tags: ['red'] }) });
    await store.saveJobs([jobWrite('a', { expected: expectedOf(job) })]);
    expect(await store.listJobs({ tag: 'red' }, { after: null, limit: 9 })).toEqual([]);
  },

  'a deleted job keeps its history and its name there; its id is not used again': async ({
    store,
  }) => {
    await join(store);
    const job = await saveJob(store, 'a');
    const [begun, pending] = await plan(store, 'a', [T0 + 1000, T0 + 2000], 'n1');
    await start(store, begun ?? '');
    expect(await store.deleteJobs([job.id, 12_345], T0 + 3)).toBe(1);
    expect(await store.deleteJobs([job.id], T0 + 3)).toBe(0);
    expect(await store.findJobs(['a'])).toEqual([null]);
    expect(await findRun(store, begun ?? '')).toMatchObject({ state: 'RUNNING', jobName: 'a' });
    expect(await findRun(store, pending ?? '')).toMatchObject({ state: 'SKIPPED', jobName: 'a' });
    expect(await store.findRevisions([{ jobId: job.id, revision: 1 }])).toEqual([definitionOf()]);
    expect((await saveJob(store, 'a')).id).toBeGreaterThan(job.id);
    const page = { after: null, limit: 9 };
    expect((await store.listRuns({ jobName: 'a' }, page)).runs).toHaveLength(2);
  },

  'due jobs are those in force, earliest first, both bounds inclusive': async ({ store }) => {
    const at = (nextFireAt: number | null) => ({ position: positionAt(T0, nextFireAt) });
    const paused = { status: 'paused', pausedUntilAt: T0 + 10 } as const;
    expect(await store.nextDueAt()).toBeNull();
    await store.saveJobs([
      jobWrite('late', at(T0 + 30)),
      jobWrite('soon', at(T0 + 20)),
      jobWrite('disabled', { ...at(T0 + 1), status: 'disabled' }),
      jobWrite('never', at(null)),
      jobWrite('paused', { ...at(T0 + 40), ...paused }),
      jobWrite('paused for good', { ...at(T0 + 20), status: 'paused' }),
    ]);
    const due = async (until: number, limit: number) =>
      (await store.findDueJobs(until, limit)).map((job) => job.name);
    expect(await store.nextDueAt()).toBe(T0 + 10);
    expect(await due(T0 + 9, 9)).toEqual([]);
    expect(await due(T0 + 30, 9)).toEqual(['paused', 'soon', 'paused for good', 'late']);
    expect(await due(T0 + 30, 2)).toEqual(['paused', 'soon']);
  },

  'calendars are replaced by name and listed in order': async ({ store }) => {
    const source = { kind: 'api', id: '' } as const;
    const calendar = { name: 'b', definition: { days: [1] }, version: '1', source };
    await store.saveCalendars([calendar, { ...calendar, name: 'a' }]);
    await store.saveCalendars([{ ...calendar, version: '2' }]);
    expect(await store.listCalendars()).toEqual([
      { ...calendar, name: 'a' },
      { ...calendar, version: '2' },
    ]);
  },

  'many names are looked up as each by itself, missing and repeated ones too': async ({
    store,
    other,
  }) => {
    const stored = ['2', '10', '__proto__', 'a"b', 'Größe', '\u{1f600}', 'a\\b', 'plain'];
    expect(new Set(await store.saveJobs(stored.map((name) => jobWrite(name))))).toEqual(
      new Set(['written']),
    );
    const expected = expectedOf(await findJob(store, 'plain'));
    const definition = definitionOf({ description: 'second' });
    await store.saveJobs([jobWrite('plain', { expected, definition })]);
    const asked = [...stored, 'missing', 'plain', 'PLAIN', '', ...stored];
    const alone = [];
    for (const name of asked) alone.push(...(await other.findJobs([name])));
    expect(await other.findJobs(asked)).toEqual(alone);
    expect(alone.map((job) => job?.name ?? null)).toEqual([
      ...[...stored, null, 'plain', null, null, ...stored],
    ]);
    const listed = await other.listJobs({ search: 'plain' }, { after: null, limit: 9 });
    const [plain] = await other.findJobs(['plain']);
    expect(listed).toEqual([{ ...plain, runningCount: 0 }]);
    expect(listed[0]).toMatchObject({ revision: 2, definition });
  },

  'a taken name among many new ones is a conflict alone': async ({ store }) => {
    await saveJob(store, 'job-3');
    const definition = definitionOf({ description: 'other' });
    const names = Array.from({ length: 9 }, (_, index) => `job-${index}`);
    const outcomes = await store.saveJobs(names.map((name) => jobWrite(name, { definition })));
    expect(outcomes).toEqual(names.map((name) => (name === 'job-3' ? 'conflict' : 'written')));
    const found = await store.findJobs(names);
    expect(found.map((job) => job?.definition.description)).toEqual(
      names.map((name) => (name === 'job-3' ? '' : 'other')),
    );
    const ids = found.filter((job) => job?.name !== 'job-3').map((job) => job?.id ?? 0);
    expect(ids).toEqual([...ids].sort((a, b) => a - b));
  },

  'more entries than one transaction holds are answered in order': async ({ store }) => {
    const names = Array.from({ length: 1203 }, (_, index) => `job-${index}`);
    const outcomes = await store.saveJobs(names.map((name) => jobWrite(name)));
    expect(outcomes.filter((outcome) => outcome === 'written')).toHaveLength(1203);
    const found = await store.findJobs(names);
    expect(found.map((job) => job?.name)).toEqual(names);
    const jobs = found.filter((job) => job !== null);
    const plans = jobs.map((job) =>
      planWrite(job, T0 + 1000, { runs: [{ ...scheduledRun(job, T0 + 1000), nodeId: null }] }),
    );
    expect(new Set(await store.planDue(plans))).toEqual(new Set(['written']));
    expect(
      await store.findOverdue(
        jobs.map(({ id }) => id),
        T0 + 1000,
      ),
    ).toHaveLength(1203);
  },
};

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  definitionOf,
  jobWrite,
  newRun,
  nodeInfo,
  T0,
} from '@tickwork/verify/conformance/store-fixtures.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { DISABLED_AS_UNREADABLE } from '../../../core/declaration/standing-pause.ts';
import type { Store } from '../../../core/ports/store.ts';
import type { StoreFault } from '../../../core/ports/upkeep-store.ts';
import { createSqliteStore } from '../index.ts';

let directory = '';
let path = '';
let store: Store;
let told: StoreFault[] = [];

const NOW = T0 + 10_000;
const claim = { nodeId: 'n1', handlers: ['function:work'], now: NOW, until: NOW, limit: 10 };

async function open(): Promise<void> {
  told = [];
  store = await createSqliteStore({ path, durable: false, now: () => NOW });
  store.watchFaults?.((fault) => told.push(fault));
}

/** What another program writes into the file; the store is opened anew, with nothing in memory. */
async function harm(statement: string): Promise<void> {
  await store.close();
  const other = new DatabaseSync(path);
  other.exec(statement);
  other.close();
  await open();
}

async function names(): Promise<string[]> {
  return (await store.findDueJobs(NOW, 10)).map(({ name }) => name);
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-aside-'));
  path = join(directory, 'store.db');
  await open();
  await store.saveJobs([jobWrite('a'), jobWrite('bad'), jobWrite('c')]);
  await store.enqueueRuns(
    ['r1', 'r2', 'r3'].map((id) => newRun({ id })),
    T0,
  );
  await store.joinNode(nodeInfo('n1'), NOW, NOW + 60_000);
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

describe('a job of which one text cannot be read', () => {
  const revise = 'UPDATE tickwork_job_revisions SET definition =';
  const where = "(SELECT id FROM tickwork_jobs WHERE name = 'bad')";
  const cases: [string, string, string, RegExp][] = [
    ['a broken definition', `${revise} '{"trig' WHERE job_id = ${where}`, 'disabled', /definition/],
    ['an empty definition', `${revise} '' WHERE job_id = ${where}`, 'disabled', /definition/],
    [
      'a definition of no shape',
      `${revise} '{}' WHERE job_id = ${where}`,
      'disabled',
      /definition/,
    ],
    [
      'a definition whose trigger has no kind',
      `${revise} json_remove(definition, '$.trigger.kind') WHERE job_id = ${where}`,
      'disabled',
      /definition/,
    ],
    [
      'broken memory',
      "UPDATE tickwork_jobs SET memory = '{' WHERE name = 'bad'",
      'paused',
      /trigger remembers/,
    ],
    [
      'memory without a place in time',
      "UPDATE tickwork_jobs SET memory = '{\"members\":{}}' WHERE name = 'bad'",
      'paused',
      /trigger remembers/,
    ],
    [
      'broken skip windows',
      "UPDATE tickwork_jobs SET skip_windows = 'x' WHERE name = 'bad'",
      'paused',
      /skip windows/,
    ],
    [
      'skip windows that are none',
      "UPDATE tickwork_jobs SET skip_windows = '[{}]' WHERE name = 'bad'",
      'paused',
      /skip windows/,
    ],
  ];

  test.each(cases)(
    '%s: it is set aside, the others are planned',
    async (_, statement, status, why) => {
      await harm(statement);
      expect(await names()).toEqual(expect.arrayContaining(['a', 'c']));
      const jobs = await store.listJobs({}, { after: null, limit: 10 });
      expect(jobs.map((job) => [job.name, job.status])).toEqual([
        ['a', 'active'],
        ['bad', status],
        ['c', 'active'],
      ]);
      expect(jobs[1]?.statusReason).toMatch(/STORE_CORRUPT/);
      expect(told).toMatchObject([{ code: 'STORE_CORRUPT', jobName: 'bad', runId: null }]);
      expect(told[0]?.message).toMatch(why);
      expect(await store.examine(NOW)).toMatchObject([
        { jobName: 'bad', message: told[0]?.message },
      ]);
      expect(await store.repair(NOW)).toHaveLength(1);
      expect(await store.examine(NOW)).toEqual([]);
    },
  );

  test('is found by an examination, before anybody has met it', async () => {
    await harm(`${revise} '[]' WHERE job_id = ${where}`);
    expect(await store.examine(NOW)).toMatchObject([{ code: 'STORE_CORRUPT', jobName: 'bad' }]);
    expect((await store.findJobs(['bad']))[0]?.statusReason).toBe(DISABLED_AS_UNREADABLE);
  });

  test('does not end what is written together with its reading', async () => {
    await harm(`${revise} 'x' WHERE job_id = ${where}`);
    const writes = [
      store.enqueueRuns([newRun({ id: 'r4' })], T0),
      store.saveJobs([jobWrite('bad')]),
    ];
    expect(await Promise.all(writes)).toHaveLength(2);
    expect((await store.findRuns(['r4']))[0]?.id).toBe('r4');
  });
});

describe('a run of which one text cannot be read', () => {
  test.each([
    ['input', "UPDATE tickwork_runs SET input = '{\"a' WHERE id = 'r2'"],
    ['definition', "UPDATE tickwork_runs SET definition = 'x' WHERE id = 'r2'"],
    ['definition of no shape', "UPDATE tickwork_runs SET definition = '5' WHERE id = 'r2'"],
  ])('%s: it is ended, the others are claimed', async (_, statement) => {
    await harm(statement);
    const claimed = await store.claimRuns({ ...claim, recover: false });
    expect(claimed.map(({ id }) => id)).toEqual(['r1', 'r3']);
    expect((await store.findRuns(['r2']))[0]).toMatchObject({
      state: 'CANCELLED',
      error: expect.stringContaining('STORE_CORRUPT'),
    });
    expect(told).toMatchObject([{ code: 'STORE_CORRUPT', runId: 'r2' }]);
  });

  test('its progress: it goes on without', async () => {
    await harm("UPDATE tickwork_runs SET progress = '{', attempt = 1 WHERE id = 'r2'");
    const claimed = await store.claimRuns({ ...claim, recover: false });
    expect(claimed.map(({ id }) => id)).toEqual(['r1', 'r2', 'r3']);
  });

  test('the definition that it shares: all that share it are ended', async () => {
    const { task, policies } = definitionOf();
    const sharing = ['s1', 's2'].map((id) =>
      newRun({ id, definition: { task, policies, input: id } }),
    );
    await store.enqueueRuns(sharing, T0);
    await harm("UPDATE tickwork_shared_definitions SET text = '{'");
    const claimed = await store.claimRuns({ ...claim, recover: false });
    expect(claimed.map(({ id }) => id)).toEqual(['r1', 'r2', 'r3']);
    const ended = await store.findRuns(['s1', 's2']);
    expect(ended.map((run) => run?.state)).toEqual(['CANCELLED', 'CANCELLED']);
  });

  test('while it is executed: it is not begun again', async () => {
    await store.claimRuns({ ...claim, recover: false, startAt: NOW });
    await harm("UPDATE tickwork_runs SET definition = 'x' WHERE id = 'r2'");
    await store.reapNodes(NOW, ['n1']);
    expect((await store.findLostRuns(10)).map(({ id, handler }) => [id, handler])).toEqual([
      ['r1', 'function:work'],
      ['r2', 'unreadable'],
      ['r3', 'function:work'],
    ]);
  });
});

test('two texts of one run are both set aside', async () => {
  await harm("UPDATE tickwork_runs SET definition = 'x', input = '{' WHERE id = 'r2'");
  const claimed = await store.claimRuns({ ...claim, recover: false });
  expect(claimed.map(({ id }) => id)).toEqual(['r1', 'r3']);
  expect(told).toHaveLength(2);
});

describe('a finished run of which one text cannot be read', () => {
  test.each([
    ['result', "UPDATE tickwork_history SET result = '{' WHERE id = 'r2'"],
    ['progress', "UPDATE tickwork_history SET progress = '' WHERE id = 'r2'"],
    ['definition', "UPDATE tickwork_history SET definition = '[]' WHERE id = 'r2'"],
  ])('%s: it is listed without it alone', async (column, statement) => {
    await store.cancelRuns(['r1', 'r2'], NOW, 'request');
    await harm(`UPDATE tickwork_history SET progress = '1', result = '2' WHERE id = 'r2'`);
    await harm(statement);
    const { runs } = await store.listRuns({}, { after: null, limit: 10 });
    expect(runs.map(({ id }) => id).sort()).toEqual(['r1', 'r2', 'r3']);
    expect(told).toMatchObject([{ code: 'STORE_CORRUPT', runId: 'r2' }]);
    const lost = runs.find(({ id }) => id === 'r2');
    expect(lost).toMatchObject({
      progress: column === 'progress' ? null : 1,
      result: column === 'result' ? null : 2,
    });
  });

  test('keeps a value that SQLite thinks too deep', async () => {
    await store.cancelRuns(['r1', 'r2'], NOW, 'request');
    const deep = `${'['.repeat(1_500)}${']'.repeat(1_500)}`;
    await harm(`UPDATE tickwork_history SET result = '${deep}' WHERE id = 'r1'`);
    await harm("UPDATE tickwork_history SET result = '{' WHERE id = 'r2'");
    const runs = await store.findRuns(['r1', 'r2']);
    expect(runs.map((run) => run?.result)).toEqual([JSON.parse(deep), null]);
    expect(told).toMatchObject([{ runId: 'r2' }]);
  });
});

test('a calendar that cannot be read is removed, and told', async () => {
  const source = { kind: 'code', id: '' } as const;
  const calendar = { name: 'x', definition: {}, version: '1', source };
  await store.saveCalendars([calendar, { ...calendar, name: 'y' }, { ...calendar, name: 'z' }]);
  await harm("UPDATE tickwork_calendars SET definition = '{' WHERE name = 'x'");
  expect((await store.listCalendars()).map(({ name }) => name)).toEqual(['y', 'z']);
  expect(told[0]?.message).toContain('The calendar x could not be read');
  await harm("UPDATE tickwork_calendars SET definition = '5' WHERE name = 'z'");
  expect((await store.listCalendars()).map(({ name }) => name)).toEqual(['y']);
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import {
  jobWrite,
  newRun,
  nodeInfo,
  positionAt,
} from '@tickwork/verify/conformance/store-fixtures.ts';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { runId } from '../../../core/model/run.ts';
import type { Store } from '../../../core/ports/store.ts';
import { createSqliteStore } from '../index.ts';

const NOW = Date.UTC(2026, 11, 1, 12);
const WRONG = Date.UTC(2040, 5, 1, 12);
const HOUR_MS = 3_600_000;

let directory = '';
let path = '';
let at = NOW;
let store: Store;

const open = (): Promise<Store> => createSqliteStore({ path, durable: false, now: () => at });

/** What an engine leaves that ran for a moment in 2040; the last instant before was NOW − 1 h. */
async function runAtWrongClock(): Promise<void> {
  at = NOW - HOUR_MS;
  await store.saveJobs([jobWrite('hourly', { position: positionAt(at, at + HOUR_MS), at })]);
  at = WRONG;
  await store.joinNode(nodeInfo('n1'), at, at + 15_000);
  const [job] = await store.findJobs(['hourly']);
  if (!job) throw new Error('no job');
  const skip = {
    fromAt: NOW - HOUR_MS + 1,
    toAt: WRONG - 1,
    count: 9,
    reason: 'coalesced',
  } as const;
  const { id, revision } = job;
  const run = {
    id: runId.scheduled(id, WRONG + HOUR_MS),
    jobId: id,
    jobRevision: revision,
  } as const;
  await store.planDue([
    {
      expected: { jobId: id, revision, cursorAt: job.cursorAt, status: 'active', endedAt: null },
      position: positionAt(WRONG + HOUR_MS, WRONG + 2 * HOUR_MS),
      runs: [{ ...newRun({ ...run, origin: 'schedule', fireAt: WRONG + HOUR_MS }), nodeId: null }],
      skips: [{ ...skip, jobId: id, decidedAt: at, intoRunId: null }],
      supersede: null,
      at: WRONG,
    },
  ]);
  await store.close();
  at = NOW;
  store = await open();
}

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-clock-'));
  path = join(directory, 'store.db');
  at = NOW;
  store = await open();
});

afterEach(async () => {
  await store.close();
  rmSync(directory, { recursive: true });
});

describe('a store that was used under a wrong clock', () => {
  test('shows the clock of this machine again, at once and after the next write', async () => {
    await runAtWrongClock();
    expect(await store.readClock()).toBe(NOW);
    await store.enqueueRuns([newRun({ id: 'e' })], NOW);
    at = NOW - 1_000;
    await store.close();
    store = await open();
    expect(await store.readClock()).toBe(NOW);
  });

  test('says so, also after the clock was put right, and repairs what was planned', async () => {
    await runAtWrongClock();
    await store.enqueueRuns([newRun({ id: 'e' })], NOW);
    const fault = await store.examineClock(NOW);
    expect(fault?.message).toContain('2040-06-01T12:00:00');
    expect(fault?.message).toContain('1 jobs are planned up to then');
    expect(fault?.repair).toContain('removes 1 runs');
    expect(await store.examine(NOW)).toEqual([fault]);
    expect(await store.repair(NOW)).toEqual([fault]);
    expect(await store.examine(NOW)).toEqual([]);
    const [job] = await store.findJobs(['hourly']);
    expect(job).toMatchObject({ cursorAt: NOW - HOUR_MS, nextFireAt: NOW });
    expect(await store.findDueJobs(NOW, 10)).toHaveLength(1);
    const { runs } = await store.listRuns({}, { after: null, limit: 10 });
    expect(runs.map(({ id }) => id)).toEqual(['e']);
    expect((await store.listNodes(1))[0]?.leaseUntil).toBe(NOW);
  });

  test('keeps what no clock can have made wrong', async () => {
    const soonAt = NOW + 30 * 24 * HOUR_MS;
    await store.saveJobs([jobWrite('monthly', { position: positionAt(NOW, soonAt), at: NOW })]);
    await store.enqueueRuns([newRun({ id: 'later', fireAt: soonAt })], NOW);
    const before = await store.findJobs(['monthly']);
    await runAtWrongClock();
    await store.repair(NOW);
    expect(await store.findJobs(['monthly'])).toEqual(before);
    expect((await store.findRuns(['later']))[0]).toMatchObject({ dueAt: soonAt, state: 'PENDING' });
  });

  test('has nothing to tell once that time has come', async () => {
    await runAtWrongClock();
    await store.enqueueRuns([newRun({ id: 'e' })], NOW);
    expect(await store.examineClock(WRONG + 1)).toBeNull();
  });
});

test('a clock that is set back by less than a week stands still', async () => {
  at = NOW + 48 * HOUR_MS;
  await store.enqueueRuns([newRun({ id: 'e' })], at);
  await store.close();
  at = NOW;
  store = await open();
  expect(await store.readClock()).toBe(NOW + 48 * HOUR_MS);
  expect(await store.examineClock(NOW)).toBeNull();
  const other = new DatabaseSync(path, { readOnly: true });
  const names = other.prepare('SELECT name FROM tickwork_meta ORDER BY name').all();
  other.close();
  expect(names.map(({ name }) => name)).toEqual(['clock', 'jobs_version']);
});

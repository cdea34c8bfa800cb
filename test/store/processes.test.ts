import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { createSqliteStore } from '../../packages/tickwork/src/stores/sqlite/index.ts';
import { newRun, T0 } from '../../packages/verify/src/conformance/store-fixtures.ts';
import { plan, saveJob } from '../../packages/verify/src/conformance/store-steps.ts';

const RUNS = 400;
const JOB_RUNS = 20;

let directory = '';
let path = '';
const children: ChildProcess[] = [];

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-processes-'));
  path = join(directory, 'store.db');
});

afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(directory, { recursive: true });
});

interface Worker {
  readonly child: ChildProcess;
  readonly lines: string[];
  readonly done: Promise<unknown>;
  /** Resolves once so many lines have been told, or the process is gone. */
  reached(count: number): Promise<void>;
}

function startWorker(nodeId: string): Worker {
  const program = fileURLToPath(new URL('worker.ts', import.meta.url));
  const args = ['--conditions=tickwork-src', program, path, nodeId];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  children.push(child);
  const lines: string[] = [];
  const waiters: { count: number; resolve: () => void }[] = [];
  let rest = '';
  const notify = (ended: boolean): void => {
    for (const each of waiters) if (ended || lines.length >= each.count) each.resolve();
  };
  child.stdout?.setEncoding('utf8').on('data', (text: string) => {
    const parts = (rest + text).split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    notify(false);
  });
  const done = once(child, 'close').then(() => notify(true));
  const reached = (count: number): Promise<void> =>
    new Promise((resolve) => {
      waiters.push({ count, resolve });
      notify(child.exitCode !== null);
    });
  return { child, lines, done, reached };
}

/** What was started or accepted, as `run fence`. */
function told(workers: readonly Worker[], step: string): string[] {
  const lines = workers.flatMap((worker) => worker.lines);
  return lines
    .filter((line) => line.startsWith(`${step} `))
    .map((line) => line.slice(step.length + 1));
}

test('processes on one file start no run twice under a fence, even if one is killed', async () => {
  const store = await createSqliteStore({ path, durable: false });
  await store.enqueueRuns(
    Array.from({ length: RUNS }, (_, index) => newRun({ id: `e_${index}` })),
    T0,
  );
  // Runs of one job exclude each other, across processes too.
  await saveJob(store, 'a');
  const instants = Array.from({ length: JOB_RUNS }, (_, index) => T0 + 1 + index);
  await plan(store, 'a', instants, null, { startAt: T0 });
  const workers = ['n1', 'n2', 'n3'].map(startWorker);
  const [victim, ...others] = workers;
  await victim?.reached(20);
  victim?.child.kill('SIGKILL');
  await victim?.done;
  await store.reapNodes(T0, ['n1']);
  await Promise.all(others.map(({ done }) => done));
  expect(others.map(({ child }) => child.exitCode)).toEqual([0, 0]);

  const started = told(workers, 'started');
  expect(new Set(started).size).toBe(started.length);
  const accepted = told(workers, 'accepted').map((line) => line.split(' ')[0]);
  expect(new Set(accepted).size).toBe(accepted.length);
  const page = await store.listRuns({}, { after: null, limit: 10_000 });
  expect(page.runs).toHaveLength(RUNS + JOB_RUNS);
  expect(new Set(page.runs.map(({ state }) => state))).toEqual(new Set(['SUCCESS']));
  for (const run of page.runs) {
    const { attempts } = await store.readRun(run.id, { after: null, limit: 1 });
    expect(attempts.map(({ fence }) => fence)).toEqual(attempts.map((_, index) => index + 1));
  }
  await store.close();
  const raw = new DatabaseSync(path);
  expect(raw.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  raw.close();
}, 120_000);

test('processes that open a new file at once make its schema together', async () => {
  const workers = ['n1', 'n2', 'n3', 'n4'].map(startWorker);
  await Promise.all(workers.map(({ done }) => done));
  expect(workers.map(({ lines }) => lines)).toEqual([['ready'], ['ready'], ['ready'], ['ready']]);
  const store = await createSqliteStore({ path, durable: false });
  expect(await store.listNodes(9)).toHaveLength(4);
  await store.close();
}, 60_000);

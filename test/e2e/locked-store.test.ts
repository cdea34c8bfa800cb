import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { until, Workplace } from './workplace.ts';

const ENGINE = fileURLToPath(new URL('engine.ts', import.meta.url));
/** The engines have a lease of 3 s. */
const LOCKED_MS = 8_000;

let place: Workplace;
let engines: ChildProcess[] = [];
afterEach(async () => {
  for (const engine of engines) engine.kill('SIGKILL');
  engines = [];
  await place.remove();
});

async function startEngine(): Promise<ChildProcess> {
  const argv = ['--conditions=tickwork-src', ENGINE, place.directory];
  const env = { ...process.env, GRACE: '1h' };
  const child = spawn(process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  engines.push(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child;
}

/** Holds the store locked, as a backup or a shell of sqlite3 does. */
async function lockStore(ms: number): Promise<void> {
  const database = new DatabaseSync(place.store, { timeout: 10_000 });
  database.exec('BEGIN EXCLUSIVE');
  await sleep(ms);
  database.exec('COMMIT');
  database.close();
}

const attempts = (): Set<string> => {
  const lines = readFileSync(join(place.directory, 'notes'), 'utf8').trim().split('\n');
  return new Set(lines.map((line) => line.split(' ')[0] ?? ''));
};

describe('a script whose store is locked by another program', { timeout: 90_000 }, () => {
  it.each([1, 2])('goes on as attempt 1, with %d engines', async (count) => {
    place = new Workplace('');
    mkdirSync(dirname(place.store), { recursive: true });
    for (let i = 0; i < count; i++) await startEngine();
    const runId = await place.runNow('beat');
    await until('beats', () => existsSync(join(place.directory, 'notes')));
    await lockStore(LOCKED_MS);
    // A lease in which a wrong takeover would come.
    await sleep(4_000);
    expect((await place.show(runId)).run).toMatchObject({ state: 'RUNNING', attempt: 1 });
    place.release('go');
    const { run, attempts: shown } = await place.reach(runId, 'SUCCESS');
    expect(run.attempt).toBe(1);
    expect(shown.map(({ outcome }) => outcome)).toEqual(['success']);
    expect(attempts()).toEqual(new Set(['1']));
  });
});

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createScheduler, type JobInput, type Scheduler } from 'tickwork';
import { createSqliteStore } from 'tickwork/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Output } from './output.ts';
import { runProgram } from './program.ts';

const HOUR_MS = 3_600_000;

let directory: string;
let store: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-planning-'));
  store = join(directory, 'store.db');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Runs the command; with `--json` also reads what it answered. */
async function tickwork(...argv: string[]) {
  const texts = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      texts[name] += text;
    },
  });
  const json = argv.includes('--json');
  const out = new Output({
    ...{ json, variables: {} },
    ...{ stdout: sink('stdout'), stderr: sink('stderr') },
  });
  const status = await runProgram(argv, { out, language: 'en', variables: {} });
  const answer = json ? JSON.parse(texts.stdout.trimEnd().split('\n').at(-1) ?? '') : undefined;
  return { status, ...texts, answer };
}

/** Does something on the store, so many hours from now: the store's clock never goes back. */
async function later(hours: number, act: (scheduler: Scheduler) => Promise<unknown>) {
  const now = (): number => Date.now() + hours * HOUR_MS;
  const opened = await createSqliteStore({ path: store, durable: false, now });
  const scheduler = await createScheduler({
    ...{ store: opened, timezone: 'UTC', logger: { log: () => {} } },
  });
  await act(scheduler);
  await scheduler.close();
}

/** Three hours of a job every ten minutes, of which nobody ran any, then a pause. */
async function history(trigger: Partial<JobInput> = { every: '10m' }): Promise<void> {
  await later(0, (scheduler) => scheduler.job('backup', { task: 'backup', ...trigger }));
  await later(3.1, (scheduler) => scheduler.pause('backup', { reason: 'holidays' }));
}

function sql(text: string): void {
  const database = new DatabaseSync(store);
  database.exec(text);
  database.close();
}

describe('audit', () => {
  it('is content with a whole ledger', async () => {
    await history();
    const { status, answer, stderr } = await tickwork('audit', '--store', store, '--json');
    expect(status).toBe(0);
    expect(answer).toMatchObject({ expectedCount: 18, findingCount: 0 });
    expect(answer.auditedAt).toMatch(/^\d{4}-.*Z$/u);
    expect(stderr).toContain('18 planned instants, 0 findings');
  });

  it('ends with 1 when instants have no fate', async () => {
    await history();
    sql('DELETE FROM tickwork_skips');
    sql('UPDATE tickwork_job_stats SET skipped_count = 1');
    const { status, stdout } = await tickwork('audit', '--store', store, '--job', 'backup');
    expect(status).toBe(1);
    expect(stdout).toMatch(/backup: 17 instants from .* have neither a run nor a reason\./u);
  });

  it.each([
    [['--job', 'none'], 4],
    [['--since', 'tomorrow'], 2],
    [['--since', '7y'], 2],
  ])('refuses %j with %i', async (argv, status) => {
    await history();
    expect((await tickwork('audit', '--store', store, ...argv)).status).toBe(status);
  });
});

describe('explain', () => {
  it('tells the chain of decisions', async () => {
    await history({ cron: '*/10 * * * *', zone: 'UTC' });
    const at = new Date(Date.now() + HOUR_MS);
    at.setUTCMinutes(10, 0, 0);
    const argv = ['explain', 'backup', '--at', at.toISOString(), '--store', store];
    const { status, answer } = await tickwork(...argv, '--json');
    expect(status).toBe(0);
    expect(answer).toMatchObject({ verdict: 'skipped', askedAt: at.toISOString() });
    expect(answer.steps.at(-1).code).toBe('coalesced');
    const { stdout } = await tickwork(...argv);
    expect(stdout).toMatch(/^backup at .*: skipped\n {2}Revision 1 was in force/u);
    expect(stdout).toContain('with the misfire policy fire-once');
  });

  it.each([
    [['none', '--at', '2026-12-01'], 4],
    [['backup', '--at', 'noon'], 2],
    [['backup'], 2],
  ])('refuses %j with %i', async (argv, status) => {
    await history();
    expect((await tickwork('explain', ...argv, '--store', store)).status).toBe(status);
  });
});

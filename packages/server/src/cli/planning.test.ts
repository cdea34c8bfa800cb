import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { createScheduler, type JobInput, type Scheduler } from 'tickwork';
import { createSqliteStore } from 'tickwork/sqlite';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { tickwork } from './testing/run-command.ts';

const HOUR_MS = 3_600_000;

let directory: string;
let store: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-planning-'));
  store = join(directory, 'store.db');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

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
async function history(job: JobInput = { every: '10m', task: 'backup' }): Promise<void> {
  await later(0, (scheduler) => scheduler.job('backup', job));
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
    await history({ cron: '*/10 * * * *', zone: 'UTC', task: 'backup' });
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

function file(text: string): string {
  const path = join(directory, 'tickwork.yaml');
  writeFileSync(path, text);
  return path;
}

describe('lint', () => {
  const bad = [
    'jobs:',
    '  backup:',
    "    cron: '*/7 * * * *'",
    '    retry: 0',
    '    task: work',
    '    input:',
    '      password: hunter2',
  ].join('\n');

  it('tells line and column, and never the secret', async () => {
    const path = file(bad);
    const { status, stdout } = await tickwork('lint', path);
    expect(status).toBe(1);
    expect(stdout).toContain(`${path}:3:11 warning backup: */7 in the minute`);
    expect(stdout).toContain(`${path}:7:17 warning backup: This looks like a secret`);
    expect(stdout).not.toContain('hunter2');
    const { answer } = await tickwork('lint', path, '--json');
    expect(answer.findings).toHaveLength(2);
    expect(answer.findings[0]).toMatchObject({ rule: 'uneven-step', line: 3, column: 11 });
  });

  it('prints a SARIF log', async () => {
    const { status, stdout } = await tickwork('lint', file(bad), '--sarif');
    expect(status).toBe(1);
    const log = JSON.parse(stdout);
    expect(log.version).toBe('2.1.0');
    const [{ tool, results }] = log.runs;
    const [{ ruleId, ruleIndex, level, locations }] = results;
    const rule = tool.driver.rules[ruleIndex];
    expect(rule.id).toBe(ruleId);
    expect(rule.help.text).toContain('See docs/reference/lint.md#uneven-step.');
    expect(rule.help.markdown).toContain("```yaml\njobs:\n  poll:\n    cron: '*/7 * * * *'");
    expect(level).toBe('warning');
    expect(locations[0].physicalLocation.region).toEqual({ startLine: 3, startColumn: 11 });
  });

  it('is content with good files and asks stores', async () => {
    const good = "jobs:\n  a: { daily: '04:00', zone: UTC, task: work }\n";
    expect((await tickwork('lint', file(good))).status).toBe(0);
    await history({ cron: '0 5 13 * fri', task: 'backup' });
    const { status, answer } = await tickwork('lint', '--store', store, '--json');
    expect([status, answer.findings[0].rule]).toEqual([1, 'either-day']);
  });

  it.each([
    [[], 78],
    [['/nonexistent.yaml'], 78],
    [['--store', '/nonexistent.db'], 69],
  ])('refuses %j with %i', async (argv, status) => {
    expect((await tickwork('lint', ...argv)).status).toBe(status);
  });

  it('refuses a wrong expression', async () => {
    const path = file("jobs:\n  a: { cron: '61 * * * *', task: work }\n");
    const { status, stderr } = await tickwork('lint', path);
    expect(status).toBe(78);
    expect(stderr).toContain(`${path}:2:14 jobs.a.cron: "61 * * * *"`);
  });
});

describe('simulate', () => {
  const jobs = [
    'timezone: UTC',
    'concurrency: { function: 1 }',
    'jobs:',
    "  a: { cron: '0 6 * * *', task: work, timeout: 1h }",
    "  b: { cron: '0 6 * * *', task: work, timeout: 1h }",
  ].join('\n');
  const period = ['--from', '2027-03-01T00:00Z', '--to', '1d'];

  it('tells the load of a file before anything is stored', async () => {
    const argv = ['simulate', file(jobs), ...period, '--assume', '10m'];
    const { status, answer } = await tickwork(...argv, '--json');
    expect(status).toBe(0);
    expect(answer).toMatchObject({
      runCount: 2,
      fromAt: '2027-03-01T00:00:00.000Z',
      untilAt: '2027-03-02T00:00:00.000Z',
      peak: { runningCount: 1, peakAt: '2027-03-01T06:00:00.000Z' },
      slots: { function: { slotCount: 1, fullMs: 600_000 } },
    });
    const { stdout } = await tickwork(...argv);
    expect(stdout).toMatch(/\nb\t1\t1\t0\t0\t0\t1 \(10m 00s\)\t0\t0\n/u);
    const two = await tickwork(...argv, '--nodes', '2', '--json');
    expect(two.answer.slots.function).toMatchObject({ slotCount: 2, fullMs: 0 });
  });

  it('tells what a pool holds back and what expires', async () => {
    const each = "cron: '0 6 * * *', task: work, timeout: 1h, pool: db";
    const limited = `pools: { db: 1 }\ntimezone: UTC\njobs:\n  a: { ${each} }\n  b: { ${each} }\n`;
    const path = file(`${limited}  c: { ${each}, startWithin: 15m, onlyIf: ready }\n`);
    const argv = ['simulate', path, ...period, '--assume', '10m'];
    const { answer } = await tickwork(...argv, '--json');
    expect(answer.limits).toMatchObject([
      { key: 'pool:db', max: 1, limitedCount: 2, waitingCountMax: 2, expiredCount: 1 },
    ]);
    expect(answer.limits[0].waitingPeakAt).toBe('2027-03-01T06:00:00.000Z');
    expect(answer.unknowns).toMatchObject([{ kind: 'check', jobNames: ['c'] }]);
    const { stdout } = await tickwork(...argv);
    expect(stdout).toMatch(/\nc\t1\t0\t0\t0\t0\t0\t0\t1 too-late\n/u);
    expect(stdout).toMatch(/\npool:db\t1 at once\t2 \(20m 00s\)\t2\t1\t2027-03-01 06:00:00/u);
    expect(stdout).toMatch(/^c: .*cannot be known/mu);
  });

  it('asks a store', async () => {
    await later(0, (scheduler) => scheduler.job('a', { every: '1h', task: 'work' }));
    const { answer } = await tickwork('simulate', '--store', store, '--to', '1d', '--json');
    expect(answer.runCount).toBe(24);
  });

  it.each([
    [['--to', '2020-01-01'], 2],
    [['--to', 'later'], 2],
    [['--assume', 'ages'], 2],
    [['--nodes', '0'], 2],
    [['--use', 'median'], 2],
  ])('refuses %j with %i', async (argv, status) => {
    expect((await tickwork('simulate', file(jobs), ...argv)).status).toBe(status);
  });
});

describe('doctor', () => {
  it('says what is wrong and what to do', async () => {
    await history();
    sql('UPDATE tickwork_jobs SET next_fire_at = NULL');
    const { status, stdout } = await tickwork('doctor', '--store', store);
    expect(status).toBe(1);
    expect(stdout).toMatch(/^error backup: Its trigger fires at .* but the planner looks never/mu);
    expect(stdout).toContain('Pause and resume the job');
    const { answer } = await tickwork('doctor', '--store', store, '--json');
    expect(answer.ailments[0]).toMatchObject({ kind: 'missed-instant', jobName: 'backup' });
  });

  it('is content with a store in which nothing is to be done', async () => {
    await later(0, (scheduler) => scheduler.job('manual', { manual: true, task: 'work' }));
    await later(0, (scheduler) => scheduler.pause('manual'));
    expect((await tickwork('doctor', '--store', store)).status).toBe(0);
    expect((await tickwork('doctor', '--store', '/nonexistent.db')).status).toBe(69);
  });
});

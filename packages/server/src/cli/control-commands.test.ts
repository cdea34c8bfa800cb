import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createScheduler } from 'tickwork';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Output } from './output.ts';
import { runProgram } from './program.ts';

let directory: string;
let store: string;

beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-control-'));
  store = join(directory, 'tickwork.db');
  const scheduler = createScheduler({ store, timezone: 'UTC', logger: { log: () => {} } });
  const ready = await scheduler;
  ready.task('work', () => null);
  await ready.job('a', { daily: '02:00', task: 'work', tags: ['night'] });
  await ready.job('b', { daily: '03:00', task: 'work' });
  await ready.close();
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

/** Runs a command on the store; answers its exit status and its JSON. */
async function ask(...argv: string[]) {
  const { status, text } = await run([...argv, '--json'], true);
  return { status, answer: JSON.parse(text.trimEnd().split('\n').at(-1) ?? '') };
}

/** What a command shows to people. */
async function shown(...argv: string[]): Promise<string> {
  return (await run(argv, false)).text;
}

async function run(argv: readonly string[], json: boolean) {
  let text = '';
  const stdout = {
    write: (part: string) => {
      text += part;
    },
  };
  const out = new Output({ json, stdout, stderr: { write: () => {} }, variables: {} });
  const all = [...argv, '--store', store];
  const status = await runProgram(all, { out, language: 'en', variables: {} });
  return { status, text };
}

describe('jobs backfill', () => {
  it('asks for the runs of a range, once', async () => {
    const range = ['--from', '2026-01-05T00:00Z', '--to', '2026-01-07T23:00Z'];
    const first = await ask('jobs', 'backfill', 'a', ...range);
    expect(first.answer).toMatchObject({ instantCount: 3, existingCount: 0 });
    const again = await ask('jobs', 'backfill', 'a', ...range);
    expect(again.answer).toMatchObject({ instantCount: 3, existingCount: 3, runIds: [] });
    const forced = await ask('jobs', 'backfill', 'a', ...range, '--force');
    expect(forced.answer.runIds).toHaveLength(3);
    const { answer } = await ask('runs', 'ls', '--job', 'a');
    expect(answer.runs).toHaveLength(6);
  });

  it('needs both ends of the range', async () => {
    expect(await ask('jobs', 'backfill', 'a', '--from', '2026-01-05')).toMatchObject({ status: 2 });
  });
});

describe('jobs skip', () => {
  it('passes over the next instants, or a day', async () => {
    const next = await ask('jobs', 'skip', 'a', '--next', '2', '--reason', 'works');
    expect(next.answer.skipWindow).toMatchObject({ reason: 'works' });
    const day = await ask('jobs', 'skip', 'a', '--date', '2190-12-24');
    expect(day.answer.skipWindow).toMatchObject({
      ...{ fromAt: '2190-12-24T00:00:00.000Z', toAt: '2190-12-24T23:59:59.999Z' },
    });
    expect((await ask('jobs', 'show', 'a')).answer.job.skipWindows).toHaveLength(2);
    // Every command that shows an instant says what will become of it, in the job's own zone.
    const { answer } = await ask('next', '--job', 'a', '-n', '3');
    expect(answer.fires.map(({ mark }: { mark: string }) => mark)).toEqual([
      'skip-window',
      'skip-window',
      'will-run',
    ]);
    expect(await shown('next', '--job', 'a')).toContain('skipped: works');
    const at = next.answer.skipWindow.fromAt;
    const told = await ask('explain', 'a', '--at', at);
    expect(told.answer).toMatchObject({ verdict: 'will-skip' });
    expect(told.answer.steps.at(-1)).toMatchObject({ code: 'skip-window' });
    await ask('jobs', 'pause', 'a', '--reason', 'disk');
    expect(await shown('next', '--job', 'a')).toContain('paused: disk');
    expect(await shown('jobs', 'show', 'a')).toMatch(/^skips +.*: works$/mu);
    const listed = (await ask('jobs', 'ls')).answer.jobs;
    expect(listed.find((job: { name: string }) => job.name === 'a').nextRunAt).toBeNull();
    expect(await shown('jobs', 'resume', 'a')).toContain('still skips');
    expect((await ask('jobs', 'show', 'a')).answer.job.skipWindows).toHaveLength(2);
    await ask('jobs', 'resume', 'a', '--skips');
    expect((await ask('jobs', 'show', 'a')).answer.job.skipWindows).toEqual([]);
  });
});

describe('jobs pause and jobs resume', () => {
  it('take all jobs with a tag', async () => {
    const paused = await ask('jobs', 'pause', '--tag', 'night', '--reason', 'works');
    expect(paused.answer).toEqual({ jobs: ['a'] });
    expect((await ask('jobs', 'show', 'a')).answer.job).toMatchObject({ statusReason: 'works' });
    expect((await ask('jobs', 'resume', '--tag', 'night')).answer).toEqual({ jobs: ['a'] });
    expect((await ask('jobs', 'show', 'a')).answer.job).toMatchObject({ status: 'active' });
  });

  it('count what was passed over, and change nothing for a preview', async () => {
    await ask('jobs', 'pause', 'a');
    const preview = await ask('jobs', 'resume', 'a', '--preview');
    expect(preview.answer).toEqual({ paused: { fromAt: null, toAt: null, count: 0 } });
    expect((await ask('jobs', 'show', 'a')).answer.job).toMatchObject({ status: 'paused' });
    const resumed = await ask('jobs', 'resume', 'a', '--catch-up', 'all');
    expect(resumed.answer).toMatchObject({ paused: { count: 0 }, job: { status: 'active' } });
  });

  it.each([
    [['jobs', 'pause']],
    [['jobs', 'pause', 'a', '--tag', 'night']],
    [['jobs', 'resume', 'a', '--catch-up', 'some']],
  ])('%j is wrong use', async (argv) => {
    expect(await ask(...argv)).toMatchObject({ status: 2 });
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createScheduler, type Scheduler } from 'tickwork';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { LiveView } from './live-view.ts';
import { Output } from './output.ts';
import { runProgram } from './program.ts';
import { RunLog } from './run-log.ts';

const TITLE = '\u001b]0;owned\u0007';
const HOSTILE = `x${TITLE}\u009b2J\u202ecod\u2066\u0085\r`;
const JOB = 'n\u202ecod\u2066';
/** What must not reach a terminal, besides line breaks, tabs and the styles of `Output`. */
const RAW = /[^\P{Cc}\n\t]|[\p{Zl}\p{Zp}\p{Bidi_C}]/u;
// biome-ignore lint/suspicious/noControlCharactersInRegex: these are the styles.
const STYLES = /\u001b\[\d{1,2}m/gu;

let directory: string;
let store: string;
let runId: string;

beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-safe-'));
  store = join(directory, 'tickwork.db');
  const scheduler = await open();
  scheduler.task('fail', (_input, { log }) => {
    log(HOSTILE);
    throw new Error(HOSTILE);
  });
  await scheduler.job(JOB, {
    cron: '0 0 1 1 *',
    task: 'fail',
    input: { [HOSTILE]: HOSTILE },
    tags: ['t\u202e'],
    description: HOSTILE,
  });
  const failed = new Promise((resolve) => scheduler.on('run.finished', resolve));
  await scheduler.start();
  ({ runId } = await scheduler.runNow(JOB));
  await failed;
  await scheduler.close();
});
afterAll(() => rmSync(directory, { recursive: true, force: true }));

async function open(): Promise<Scheduler> {
  return await createScheduler({ store, logger: { log: () => {} } });
}

function terminal(json = false) {
  let text = '';
  const sink = {
    isTTY: true,
    columns: 200,
    write: (part: string) => {
      text += part;
    },
  };
  const out = new Output({ json, stdout: sink, stderr: sink, variables: { FORCE_COLOR: '1' } });
  return { out, text: () => text };
}

async function shown(...argv: string[]): Promise<string> {
  const { out, text } = terminal(argv.includes('--json'));
  await runProgram(argv, { out, language: 'en', variables: {} });
  return text();
}

describe('texts of other people reach no terminal raw', () => {
  it.each([
    ['jobs', 'pause', JOB, '--reason', HOSTILE],
    ['jobs', 'ls'],
    ['jobs', 'show', JOB],
    ['jobs', 'revisions', JOB],
    ['jobs', 'show', HOSTILE],
    ['runs', 'ls'],
    ['runs', 'ls', '--state', HOSTILE],
    ['lint'],
    ['doctor'],
    ['explain', JOB, '--at', '2026-01-01'],
    ['next', '--job', JOB],
    [HOSTILE],
    ['next', HOSTILE],
    ['jobs', 'ls', `--${HOSTILE}`],
  ])('%j', async (...argv) => {
    const stored = argv.length > 1 && argv[1] !== HOSTILE ? ['--store', store] : [];
    const text = await shown(...argv, ...stored);
    expect(text).not.toBe('');
    expect(text.replaceAll(STYLES, '')).not.toMatch(RAW);
    const json = await shown(...argv, ...stored, '--json');
    expect(json.replaceAll(STYLES, '')).not.toMatch(RAW);
  });

  it('of a run: error, input and output; --raw gives the output as it was written', async () => {
    const show = await shown('runs', 'show', runId, '--store', store);
    const logs = await shown('runs', 'logs', runId, '--store', store);
    for (const text of [show, logs]) {
      expect(text).toContain('x\\u001b]0;owned\\u0007');
      expect(text.replaceAll(STYLES, '')).not.toMatch(RAW);
    }
    expect(await shown('runs', 'logs', runId, '--store', store, '--raw')).toContain(TITLE);
  });

  it('in JSON they keep their meaning', async () => {
    const answer = await shown('runs', 'show', runId, '--store', store, '--json');
    expect(answer).not.toMatch(RAW);
    const { run, definition } = JSON.parse(answer);
    expect(run.error).toContain(TITLE);
    expect(definition.input).toEqual({ [HOSTILE]: HOSTILE });
  });

  it('in a wrong configuration', async () => {
    const file = join(directory, 'tickwork.yaml');
    writeFileSync(file, JSON.stringify({ jobs: { [HOSTILE]: { [HOSTILE]: HOSTILE } } }));
    expect(await shown('validate', file)).not.toMatch(RAW);
    expect(await shown('validate', file, '--json')).not.toMatch(RAW);
  });

  it('in an imported crontab', async () => {
    const file = join(directory, 'crontab');
    writeFileSync(file, `* * * * * echo ${HOSTILE.replace('\r', '')}\n`);
    expect(await shown('import', 'crontab', file)).not.toMatch(RAW);
  });

  it('in the log and the live view of an engine', async () => {
    const { out, text } = terminal();
    const settings = { level: 'debug', format: 'text', file: null } as const;
    const scheduler = await open();
    const view = new LiveView(out, scheduler);
    const log = new RunLog(settings, { json: false, print: (line) => view.print(line) });
    log.log('warn', HOSTILE, { [HOSTILE]: HOSTILE });
    view.stop();
    await scheduler.close();
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these move the cursor.
    const moves = /\u001b\[1A|\r\u001b\[0J/gu;
    expect(text()).toContain('owned');
    expect(text().replaceAll(STYLES, '').replaceAll(moves, '')).not.toMatch(RAW);
  });
});

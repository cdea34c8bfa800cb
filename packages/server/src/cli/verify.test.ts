import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { formatHistory, HistoryWriter } from '#verify';
import { Output } from './output.ts';
import { runProgram } from './program.ts';

let directory: string;
let file: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-verify-'));
  file = join(directory, 'history.jsonl');
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

async function verify(...argv: string[]) {
  const texts = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      texts[name] += text;
    },
  });
  const out = new Output({
    ...{ json: argv.includes('--json'), variables: {} },
    ...{ stdout: sink('stdout'), stderr: sink('stderr') },
  });
  const context = { out, language: 'en', variables: {} } as const;
  return { status: await runProgram(['verify', ...argv], context), ...texts };
}

/** One manual run of a job without a trigger, and a second one under the same request. */
function manualRuns(runIds: readonly string[]): string {
  let now = 1_000_000;
  const history = new HistoryWriter(() => now);
  for (const [index, runId] of runIds.entries()) {
    const key = { src: 'client', opId: `o${index}`, f: 'trigger', sched: 'j' } as const;
    history.write({ ...key, type: 'op.invoke', requestId: 'r' });
    history.write({ ...key, type: 'op.ok', requestId: 'r', runId });
    now += 10;
    const attempt = { node: 'a', inc: 'a1', sched: 'j', fireAt: now, attempt: 1, token: 1 };
    const start = { src: 'witness', ...attempt, runId, coalescedCount: 0 } as const;
    history.write({ ...start, type: 'run.start' });
    now += 10;
    history.write({ ...start, type: 'run.end', outcome: 'success' });
  }
  return formatHistory(history.events);
}

describe('verify', () => {
  it('finds nothing wrong with a good history', async () => {
    writeFileSync(file, manualRuns(['1-m-r']));
    const { status, stdout, stderr } = await verify(file, '--json');
    expect(stderr).toContain('valid: every promise was kept');
    expect(JSON.parse(stdout)).toMatchObject({ verdict: 'valid', startCount: 1, eventCount: 4 });
    expect(status).toBe(0);
  });

  it('ends with 1 and tells each violation', async () => {
    writeFileSync(file, manualRuns(['1-m-r', '1-m-s']));
    const { status, stdout, stderr } = await verify(file);
    expect(stdout).toBe('doubled-fire: request r of j made 1-m-r and 1-m-s\n');
    expect(stderr).toContain('invalid: 1 violations');
    expect(status).toBe(1);
  });

  it('ends with 1 when a history proves nothing', async () => {
    writeFileSync(file, '\n');
    const { status, stderr } = await verify(file);
    expect(stderr).toContain('unknown: nothing was due');
    expect(status).toBe(1);
  });

  it('names file and line of what is no event', async () => {
    writeFileSync(file, `${manualRuns(['1-m-r'])}{"i":9,"t":1,"src":"sut","type":"grant"}\n`);
    const { status, stderr } = await verify(file);
    expect(stderr).toContain(`${file}:5: `);
    expect(stderr).toContain('has no text `inc`');
    expect(status).toBe(2);
  });

  it('names a file that is not there', async () => {
    const { status, stderr } = await verify(join(directory, 'none.jsonl'));
    expect(stderr).toContain('none.jsonl: cannot be read (ENOENT)');
    expect(status).toBe(2);
  });
});

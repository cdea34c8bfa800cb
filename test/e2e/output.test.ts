import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { openSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { until, Workplace } from './workplace.ts';

const CLI = fileURLToPath(new URL('../../packages/server/src/cli/main.ts', import.meta.url));

let place: Workplace;
let config: string;
const children: ChildProcess[] = [];
beforeEach(() => {
  place = new Workplace('');
  const until = JSON.stringify(join(place.directory, 'go'));
  config = `scripts: { roots: [scripts] }
jobs:
  held: { startup: true, script: work.mjs, input: { until: ${until} } }
`;
  place.configure(config);
});
afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await place.remove();
});

type Streams = readonly ['ignore', 'pipe' | number, 'pipe' | number];

function run(argv: readonly string[], stdio: Streams = ['ignore', 'pipe', 'pipe']): ChildProcess {
  const args = ['--conditions=tickwork-src', CLI, ...argv];
  const child = spawn(process.execPath, args, { cwd: place.directory, stdio: [...stdio] });
  children.push(child);
  return child;
}

async function exitOf(child: ChildProcess): Promise<number | null> {
  const [status] = await once(child, 'exit');
  return status as number | null;
}

async function text(stream: NodeJS.ReadableStream | null): Promise<string> {
  let all = '';
  for await (const chunk of stream ?? []) all += chunk;
  return all;
}

async function reach(state: string): Promise<void> {
  await until(`the run is ${state}`, async () =>
    (await place.runsOf('held').catch(() => [])).some((run) => run.state === state),
  );
}

describe('an engine outlives its output', { timeout: 60_000 }, () => {
  it('goes on when both readers left, and drains at a signal with status 0', async () => {
    const child = run(['run', '--plain']);
    const ended = exitOf(child);
    await reach('RUNNING');
    child.stdout?.destroy();
    child.stderr?.destroy();
    child.kill('SIGINT');
    place.release('go');
    expect(await ended).toBe(0);
    await reach('SUCCESS');
  });

  it('tells on the other stream that one was closed', async () => {
    const child = run(['run', '--plain']);
    const ended = exitOf(child);
    const words = text(child.stderr);
    await reach('RUNNING');
    child.stdout?.destroy();
    place.release('go');
    await reach('SUCCESS');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(await words).toContain('standard output was closed by its reader');
  });

  it('goes on when its log is on a full disk', async () => {
    const full = openSync('/dev/full', 'w');
    const child = run(['run', '--plain'], ['ignore', full, 'pipe']);
    const ended = exitOf(child);
    const words = text(child.stderr);
    place.release('go');
    await reach('SUCCESS');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    expect(await words).toContain('standard output cannot be written');
  });

  it('ends although its reader stands still', async () => {
    place.configure(`description: "${'x'.repeat(300_000)}"\n${config}`);
    const child = run(['run', '--plain']);
    const ended = exitOf(child);
    place.release('go');
    await reach('SUCCESS');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
  });
});

describe('a command whose output cannot be written', { timeout: 60_000 }, () => {
  it('finishes its work, and a closed pipe changes nothing about its status', async () => {
    await place.start();
    await reach('RUNNING');
    const argv = ['jobs', 'pause', 'held'];
    const child = run(argv);
    child.stdout?.destroy();
    child.stderr?.destroy();
    expect(await exitOf(child)).toBe(0);
    const { job } = await place.ask<{ job: { status: string } }>(['jobs', 'show', 'held']);
    expect(job.status).toBe('paused');
    const wrong = run(['jobs', 'show', 'nobody']);
    wrong.stdout?.destroy();
    wrong.stderr?.destroy();
    expect(await exitOf(wrong)).toBe(4);
  });

  it('says so with status 74 on a full disk', async () => {
    const full = openSync('/dev/full', 'w');
    const child = run(['config', 'schema'], ['ignore', full, 'pipe']);
    const words = text(child.stderr);
    expect(await exitOf(child)).toBe(74);
    expect(await words).toContain('standard output could not be written (ENOSPC)');
  });
});

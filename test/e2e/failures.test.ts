import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { type Started, until, Workplace } from './workplace.ts';

const HEAD = 'scripts: { roots: [.] }\njobs:\n';

let place: Workplace;
afterEach(() => place.remove());

async function begin(jobs: (directory: string) => string): Promise<Started> {
  place = new Workplace('');
  place.configure(HEAD + jobs(place.directory));
  return await place.start();
}

interface ShownJob {
  readonly job: {
    readonly status: string;
    readonly statusReason: string | null;
    readonly failuresInRow: number;
  };
}

describe('a run whose attempts kill their engine', { timeout: 90_000 }, () => {
  const killer = (name: string, kills: number, directory: string): string =>
    `  ${name}: { manual: true, script: scripts/kill-engine.mjs, retry: false, ` +
    `cancelGrace: 100ms, input: { kills: ${kills}, go: ${directory}/${name} } }\n`;

  /** Triggers a job and starts an engine again after each of so many kills. */
  async function killed(job: string, times: number, first: Started): Promise<string> {
    let engine = first;
    const runId = await place.runNow(job);
    for (let attempt = 1; attempt <= times; attempt++) {
      await until(`attempt ${attempt}`, async () => {
        const { run } = await place.show(runId);
        return run.state === 'RUNNING' && run.attempt === attempt;
      });
      place.release(`${job}-${attempt}`);
      await engine.ended;
      engine = await place.start();
    }
    return runId;
  }

  it('goes on after two of them, though failures are not retried', async () => {
    const first = await begin((directory) => killer('twice', 2, directory));
    const runId = await killed('twice', 2, first);
    const { run, attempts } = await place.reach(runId, 'SUCCESS');
    expect(run.attempt).toBe(3);
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['lost', 'lost', 'success']);
  });

  it('is given up after three in a row, and its job goes on', async () => {
    const first = await begin((directory) => killer('poison', 3, directory));
    const runId = await killed('poison', 3, first);
    const { run, attempts } = await place.reach(runId, 'FAILED');
    expect(run).toMatchObject({ reason: 'poison', attempt: 3 });
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['lost', 'lost', 'lost']);
    expect(await place.ask<ShownJob>(['jobs', 'show', 'poison'])).toMatchObject({
      job: { status: 'active' },
    });
    rmSync(join(place.directory, 'poison-1'));
    const again = await place.runNow('poison');
    await place.reach(again, 'RUNNING');
    // Its script waits to be released, and would outlive the engine.
    await place.ask(['runs', 'cancel', again]);
    await place.reach(again, 'CANCELLED');
  });
});

describe('onNodeLoss: fail', { timeout: 60_000 }, () => {
  it('executes at most once: the run fails and its script is ended', async () => {
    const first = await begin(
      (directory) =>
        '  once: { manual: true, script: scripts/beat.mjs, onNodeLoss: fail, cancelGrace: 100ms, ' +
        `input: { notes: ${directory}/notes, until: ${directory}/go } }\n`,
    );
    const notes = join(place.directory, 'notes');
    const runId = await place.runNow('once');
    await until('its notes', () => existsSync(notes));
    first.process.kill('SIGKILL');
    await first.ended;
    await place.start();
    const { run, attempts } = await place.reach(runId, 'FAILED');
    expect(run).toMatchObject({ reason: 'node-lost', attempt: 1 });
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['lost']);
    const lines = readFileSync(notes, 'utf8').trim().split('\n');
    for (const pid of new Set(lines.map((line) => line.split(' ')[2]))) {
      expect(() => readFileSync(`/proc/${pid}/environ`, 'utf8') || fail()).toThrow();
    }
    expect(await place.runsOf('once')).toHaveLength(1);
  });
});

/** The dead whose parent does not ask for them have no environment any more. */
function fail(): never {
  throw new Error('dead');
}

describe('onFailure', { timeout: 60_000 }, () => {
  it('runs again after a while, skips what is due until then, and pauses at last', async () => {
    await begin(
      () =>
        '  bill: { every: 1s, script: scripts/work.mjs, input: { failTimes: 9 }, retry: false, ' +
        'onFailure: { retryAfter: 2500ms, pauseAfter: 2 } }\n',
    );
    const shown = await until('the pause', async () => {
      const found = await place.ask<ShownJob>(['jobs', 'show', 'bill']);
      return found.job.status === 'paused' ? found : null;
    });
    expect(shown.job.statusReason).toMatch(/2 .*exit code 3/);
    const rows = await place.runsOf('bill');
    const failed = rows.filter(({ state }) => state === 'FAILED');
    expect(failed.map(({ id }) => /-f-/.test(id))).toEqual([false, true]);
    const between = rows.filter(({ reason }) => reason === 'backoff');
    expect(between.length).toBeGreaterThanOrEqual(1);
    await place.ask(['jobs', 'resume', 'bill']);
    const resumed = await place.ask<ShownJob>(['jobs', 'show', 'bill']);
    expect(resumed.job).toMatchObject({ status: 'active', failuresInRow: 0 });
  });
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { until, Workplace } from './workplace.ts';

let place: Workplace;
afterEach(() => place.remove());

function begin(policies: string): Promise<unknown> {
  const job = `manual: true, script: scripts/stray.sh, retry: false, cancelGrace: 1s${policies}`;
  place = new Workplace(`scripts: { roots: [.] }\njobs:\n  stray: { ${job} }\n`);
  return place.start();
}

const noted = (): Promise<number> =>
  until('the note of the process', () => {
    try {
      return Number(readFileSync(join(place.directory, 'stray.pid'), 'utf8'));
    } catch {
      return 0;
    }
  });

function isAlive(pid: number): boolean {
  try {
    // The dead whose parent does not ask for them have no environment any more.
    return readFileSync(`/proc/${pid}/environ`, 'utf8') !== '';
  } catch {
    return false;
  }
}

describe('a process that a script started in a session of its own', { timeout: 90_000 }, () => {
  it('has ended when its run is timed out', async () => {
    await begin(', timeout: 2s');
    const runId = await place.runNow('stray');
    const pid = await noted();
    expect((await place.reach(runId, 'FAILED')).run.reason).toBe('timeout');
    expect(isAlive(pid)).toBe(false);
  });

  it('has ended when its run is cancelled', async () => {
    await begin('');
    const runId = await place.runNow('stray');
    const pid = await noted();
    await place.ask(['runs', 'cancel', runId]);
    await place.reach(runId, 'CANCELLED');
    expect(isAlive(pid)).toBe(false);
  });

  it('goes on when the script has ended by itself, and its run says so', async () => {
    await begin('');
    const runId = await place.runNow('stray');
    const pid = await noted();
    place.release('leave');
    await place.reach(runId, 'SUCCESS');
    expect(isAlive(pid)).toBe(true);
    process.kill(pid, 'SIGKILL');
  });
});

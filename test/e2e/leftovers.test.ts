import { type ChildProcess, spawn } from 'node:child_process';
import { mkdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { until, Workplace } from './workplace.ts';

const ENGINE = fileURLToPath(new URL('engine.ts', import.meta.url));

let place: Workplace;
let engines: ChildProcess[] = [];
afterEach(async () => {
  for (const engine of engines) engine.kill('SIGKILL');
  engines = [];
  await place.remove();
});

async function engine(grace: string): Promise<ChildProcess> {
  const argv = ['--conditions=tickwork-src', ENGINE, place.directory];
  const env = { ...process.env, GRACE: grace };
  const child = spawn(process.execPath, argv, { env, stdio: ['ignore', 'pipe', 'inherit'] });
  engines.push(child);
  await new Promise((resolve) => child.stdout?.once('data', resolve));
  return child;
}

interface Note {
  readonly attempt: number;
  readonly role: string;
  readonly pid: number;
}

/** What the scripts have noted, in the order in which they did. */
function notes(): Note[] {
  try {
    const lines = readFileSync(join(place.directory, 'notes'), 'utf8').trim().split('\n');
    return lines.map((line) => {
      const [attempt, role = '', pid] = line.split(' ');
      return { attempt: Number(attempt), role, pid: Number(pid) };
    });
  } catch {
    return [];
  }
}

/** Waits until the script of an attempt and its child have both noted something. */
async function beats(attempt: number): Promise<void> {
  await until(`beats of attempt ${attempt}`, () => {
    const roles = notes().filter((note) => note.attempt === attempt);
    return new Set(roles.map(({ role }) => role)).size === 2;
  });
}

function isAlive(pid: number): boolean {
  try {
    // The dead whose parent does not ask for them have no environment any more.
    return readFileSync(`/proc/${pid}/environ`, 'utf8') !== '';
  } catch {
    return false;
  }
}

const ofAttempt = (attempt: number): number[] => [
  ...new Set(
    notes()
      .filter((note) => note.attempt === attempt)
      .map(({ pid }) => pid),
  ),
];

describe('scripts of an engine that was killed', { timeout: 90_000 }, () => {
  it.each(['a new engine', 'another engine'])('end before %s repeats them', async (which) => {
    place = new Workplace('');
    mkdirSync(dirname(place.store), { recursive: true });
    const first = await engine('100ms');
    const runId = await place.runNow('beat');
    await beats(1);
    if (which === 'another engine') await engine('100ms');
    first.kill('SIGKILL');
    await until('its end', () => first.signalCode);
    // Nothing else ends them: both go on.
    if (which === 'a new engine') {
      const count = notes().length;
      await until('further beats', () => notes().length > count + 10);
      await engine('100ms');
    }
    await beats(2);
    expect(ofAttempt(1).filter(isAlive)).toEqual([]);
    place.release('go');
    const { run } = await place.reach(runId, 'SUCCESS');
    expect(run.attempt).toBe(2);
    const told = notes().map(({ attempt }) => attempt);
    expect(told.slice(told.indexOf(2))).not.toContain(1);
  });
});

describe('an engine that stood still beyond its lease', { timeout: 90_000 }, () => {
  it('ends its scripts, whatever their grace, when it goes on', async () => {
    place = new Workplace('');
    mkdirSync(dirname(place.store), { recursive: true });
    const first = await engine('1h');
    const runId = await place.runNow('beat');
    await beats(1);
    first.kill('SIGSTOP');
    await engine('1h');
    // The lease of the first ends; its scripts cannot be ended, as it is not dead.
    await beats(2);
    expect(ofAttempt(1).every(isAlive)).toBe(true);
    first.kill('SIGCONT');
    await until('the end of attempt 1', () => !ofAttempt(1).some(isAlive));
    expect(ofAttempt(2).every(isAlive)).toBe(true);
    place.release('go');
    const { run, attempts } = await place.reach(runId, 'SUCCESS');
    expect(run.attempt).toBe(2);
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['lost', 'success']);
  });
});

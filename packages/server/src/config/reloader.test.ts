import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createScheduler, type Scheduler } from 'tickwork';
import { createMemoryStore } from 'tickwork/memory';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { loadConfig } from './load-config.ts';
import { applyConfig, type ReloadOutcome, reload } from './reload.ts';
import { REMOVAL_WAIT_MS, Reloader } from './reloader.ts';

const A = '  a: { every: 1h, task: t }\n';
const B = '  b: { every: 1h, task: t }\n';
const C = '  c: { every: 1h, task: t }\n';
const BOTH = `jobs:\n${A}${B}`;

const clock = { now: () => Date.now(), mono: () => performance.now() };
const openTrial = (): Promise<Scheduler> =>
  createScheduler({ store: createMemoryStore({ clock }), logger: { log: () => {} } });

let directory: string;
let file: string;
let scheduler: Scheduler;
beforeEach(async () => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-reload-'));
  file = join(directory, 'tickwork.yaml');
  scheduler = await openTrial();
});
afterEach(async () => {
  await scheduler.close();
  rmSync(directory, { recursive: true, force: true });
});

/** A reloader of `file` with a clock of its own: the wait that goes on is over when told so. */
async function follow(text: string) {
  writeFileSync(file, text);
  const loaded = loadConfig(file);
  if (!loaded.ok) throw new Error('the first text is wrong');
  await applyConfig(scheduler, loaded.config);
  const outcomes: ReloadOutcome[] = [];
  const waits: (() => void)[] = [];
  let told = (): void => {};
  const tasks = { register: () => {}, names: new Set<string>() } as never;
  const reloader = new Reloader({
    config: loaded.config,
    read: async (running, mayRemove) => {
      const outcome = await reload(scheduler, running, { tasks, openTrial, mayRemove });
      setImmediate(told);
      return outcome;
    },
    tell: (outcome) => outcomes.push(outcome),
    after: (delayMs, call) => {
      expect(delayMs).toBe(REMOVAL_WAIT_MS);
      waits.push(call);
      return () => waits.splice(waits.indexOf(call), 1);
    },
    onError: (error) => {
      throw error;
    },
  });
  const reading = async (begin: () => void): Promise<void> => {
    const done = new Promise<void>((resolve) => {
      told = resolve;
    });
    begin();
    await done;
  };
  return {
    outcomes,
    waits,
    reloader,
    write: async (next: string) => {
      writeFileSync(file, next);
      await reading(() => reloader.changed());
    },
    ask: () => reading(() => reloader.asked()),
    /** The wait is over. */
    rest: () => reading(() => waits.shift()?.()),
  };
}

async function statuses(): Promise<readonly string[]> {
  return (await scheduler.jobs()).map(({ name, status }) => `${name} ${status}`);
}

describe('jobs that are gone from a watched file', () => {
  it('are disabled once it has not changed for a while; what is new counts at once', async () => {
    const { write, rest, waits, outcomes } = await follow(BOTH);
    await write(`jobs:\n${A}${C}`);
    expect(await statuses()).toEqual(['a active', 'b active', 'c active']);
    expect(outcomes.at(-1)).toMatchObject({ applied: { added: ['c'], disabled: [], kept: ['b'] } });
    await rest();
    expect(await statuses()).toEqual(['a active', 'b disabled', 'c active']);
    expect(outcomes.at(-1)).toMatchObject({ applied: { disabled: ['b'], kept: [] } });
    expect(waits).toEqual([]);
  });

  it.each(['', '# soon\n', '---\n', '{}', 'null\n'])('are not those of %j', async (text) => {
    const { write, waits, outcomes } = await follow(BOTH);
    await write(text);
    expect(outcomes).toMatchObject([{ ok: false }]);
    expect(waits).toEqual([]);
    expect(await statuses()).toEqual(['a active', 'b active']);
    await write(BOTH);
    expect(outcomes.at(-1)).toMatchObject({ applied: { changed: [], kept: [] } });
  });

  it('are all of them in a file that names none on purpose', async () => {
    const { write, rest } = await follow(BOTH);
    await write('jobs: {}\n');
    expect(await statuses()).toEqual(['a active', 'b active']);
    await rest();
    expect(await statuses()).toEqual(['a disabled', 'b disabled']);
  });

  it('stay if they are back in time', async () => {
    const { write, waits } = await follow(BOTH);
    await write(`jobs:\n${A}`);
    expect(waits).toHaveLength(1);
    await write(BOTH);
    expect(waits).toEqual([]);
    expect((await scheduler.jobs()).map(({ revision }) => revision)).toEqual([1, 1]);
  });

  it('wait anew with each change, also one that nobody noticed', async () => {
    const { write, rest, waits } = await follow(BOTH);
    await write(`jobs:\n${A}`);
    await write(`jobs:\n${A}${C}`);
    expect(waits).toHaveLength(1);
    writeFileSync(file, `jobs:\n${C}`);
    await rest();
    expect(await statuses()).toEqual(['a active', 'b active', 'c active']);
    await rest();
    expect(await statuses()).toEqual(['a disabled', 'b disabled', 'c active']);
  });

  it('wait on while the file is missing or wrong', async () => {
    const { write, rest, waits, outcomes } = await follow(BOTH);
    await write(`jobs:\n${A}`);
    rmSync(file);
    await rest();
    expect(outcomes).toHaveLength(1);
    expect(waits).toHaveLength(1);
    writeFileSync(file, `jobs:\n${A}`);
    await rest();
    expect(await statuses()).toEqual(['a active', 'b disabled']);
  });

  it('are forgotten by a file that is wrong, which tells nothing of them', async () => {
    const { write, waits } = await follow(BOTH);
    await write(`jobs:\n${A}`);
    await write('jobs: 7\n');
    expect(waits).toEqual([]);
  });

  it('are disabled at once if a person asks', async () => {
    const { write, ask, waits } = await follow(BOTH);
    await write(`jobs:\n${A}`);
    await ask();
    expect(waits).toEqual([]);
    expect(await statuses()).toEqual(['a active', 'b disabled']);
  });

  it('stay when the process stops meanwhile', async () => {
    const { write, waits, reloader } = await follow(BOTH);
    await write(`jobs:\n${A}`);
    await reloader.stop();
    expect(waits).toEqual([]);
    expect(await statuses()).toEqual(['a active', 'b active']);
  });
});

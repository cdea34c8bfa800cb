import { type ChildProcess, spawn } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { tickwork } from '../../packages/server/src/cli/testing/run-command.ts';

const CLI = fileURLToPath(new URL('../../packages/server/src/cli/main.ts', import.meta.url));
const SCRIPTS = fileURLToPath(new URL('scripts', import.meta.url));
const DEADLINE_MS = 30_000;
const LOOK_MS = 50;

/** A run as `runs show --json` tells it, as far as tests look. */
export interface ShownRun {
  readonly id: string;
  readonly jobName: string | null;
  readonly state: string;
  readonly reason: string | null;
  readonly fireAt: string;
  readonly startedAt: string | null;
  readonly nodeId: string | null;
  readonly attempt: number;
  readonly coalescedCount: number;
}

export interface ShownDetail {
  readonly run: ShownRun;
  readonly attempts: readonly { outcome: string; startedAt: string; endedAt: string | null }[];
}

/** A started `tickwork run`. */
export interface Started {
  readonly process: ChildProcess;
  readonly output: () => string;
  /** The exit status, or 128 + nothing if a signal ended it: `null`. */
  readonly ended: Promise<number | null>;
}

/** A directory with a configuration, scripts and a store, and processes that run it. */
export class Workplace {
  readonly directory = mkdtempSync(join(tmpdir(), 'tickwork-e2e-'));
  readonly file = join(this.directory, 'tickwork.yaml');
  readonly store = join(this.directory, '.tickwork', 'tickwork.db');
  readonly #started: Started[] = [];

  constructor(config: string) {
    cpSync(SCRIPTS, join(this.directory, 'scripts'), { recursive: true });
    this.configure(config);
  }

  configure(config: string): void {
    writeFileSync(this.file, config);
  }

  /** Lets go the scripts that wait for this file. */
  release(name: string): void {
    writeFileSync(join(this.directory, name), '');
  }

  /**
   * Starts `tickwork run` in a process of its own and waits until it has declared the jobs.
   * `aheadMs`: so far the clock of that process leads.
   */
  async start({ aheadMs = 0 }: { readonly aheadMs?: number } = {}): Promise<Started> {
    const args = [
      ...clockAhead(aheadMs),
      '--conditions=tickwork-src',
      CLI,
      'run',
      this.file,
      '--plain',
    ];
    const child = spawn(process.execPath, args, { cwd: this.directory });
    let text = '';
    const note = (data: Buffer): void => {
      text += data.toString();
    };
    child.stdout.on('data', note);
    child.stderr.on('data', note);
    const ended = new Promise<number | null>((resolve) => child.on('exit', resolve));
    const started = { process: child, output: () => text, ended };
    this.#started.push(started);
    await until('the greeting', () => text.includes('  stop '));
    return started;
  }

  /** Runs a command on the store and gives its JSON; throws if its status is another. */
  async ask<Answer>(argv: readonly string[], expected = 0): Promise<Answer> {
    const { status, answer } = await tickwork(...argv, '--store', this.store, '--json');
    if (status === expected) return answer as Answer;
    throw new Error(`${argv.join(' ')} ended with ${status}: ${JSON.stringify(answer)}`);
  }

  /** Has the configuration checked. */
  async validate(): Promise<{ readonly status: number; readonly answer: unknown }> {
    return await tickwork('validate', this.file, '--json');
  }

  /** Asks for a run of a job now and gives its id. */
  async runNow(job: string): Promise<string> {
    return (await this.ask<{ runId: string }>(['jobs', 'run', job])).runId;
  }

  async show(runId: string): Promise<ShownDetail> {
    return await this.ask(['runs', 'show', runId]);
  }

  async runsOf(job: string): Promise<readonly ShownRun[]> {
    const argv = ['runs', 'ls', '--job', job, '-n', '200'];
    const { runs } = await this.ask<{ runs: ShownRun[] }>(argv);
    return runs.toReversed();
  }

  /** Waits until a run is in one of these states. */
  async reach(runId: string, ...states: string[]): Promise<ShownDetail> {
    return await until(`${runId} is ${states}`, async () => {
      const detail = await this.show(runId);
      return states.includes(detail.run.state) ? detail : null;
    });
  }

  /** Ends every process by force and removes the directory. */
  async remove(): Promise<void> {
    for (const { process: child } of this.#started) child.kill('SIGKILL');
    await Promise.all(this.#started.map(({ ended }) => ended));
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

/** Options of Node that set the clock of a process. */
function clockAhead(byMs: number): string[] {
  if (byMs === 0) return [];
  const code = `const { now } = Date; Date.now = () => now() + ${byMs};`;
  return ['--import', `data:text/javascript,${encodeURIComponent(code)}`];
}

/** Asks again and again until there is an answer; a deadline says what was awaited. */
export async function until<Answer>(
  what: string,
  question: () => Answer | Promise<Answer>,
): Promise<NonNullable<Answer>> {
  const deadlineAt = Date.now() + DEADLINE_MS;
  for (;;) {
    const answer = await question();
    if (answer) return answer;
    if (Date.now() > deadlineAt) throw new Error(`waited ${DEADLINE_MS} ms in vain: ${what}`);
    await sleep(LOOK_MS);
  }
}

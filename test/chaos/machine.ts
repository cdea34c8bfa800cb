import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { ARM_SIGNAL, type Failpoint } from './failpoint.ts';
import type { NodeOrder } from './witness.ts';

/** A process that has not come by its failpoint after this is killed where it is. */
const FAILPOINT_MS = 3_000;
const PROGRAM = fileURLToPath(new URL('node.ts', import.meta.url));

/** A place where one process after the other runs: it can be killed, stopped and started. */
export class Machine {
  readonly name: string;
  #child: ChildProcess | null = null;
  #errors = '';
  #failpoint: Failpoint | null = null;

  constructor(name: string) {
    this.name = name;
  }

  get isRunning(): boolean {
    return this.#child !== null && this.#child.exitCode === null && this.#child.signalCode === null;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  /** What its processes wrote to standard error: nothing, if all is well. */
  get errors(): string {
    return this.#errors;
  }

  start(order: Omit<NodeOrder, 'machine'>, environment: Record<string, string> = {}): void {
    const args = ['--conditions=tickwork-src', PROGRAM];
    const full: NodeOrder = { ...order, machine: this.name };
    this.#failpoint = order.failpoint;
    this.#child = spawn(process.execPath, [...args, JSON.stringify(full)], {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        // Starting is most of the work of a short life.
        NODE_COMPILE_CACHE: join(tmpdir(), 'tickwork-chaos-cache'),
        ...environment,
      },
    });
    this.#child.stderr?.setEncoding('utf8').on('data', (text: string) => {
      this.#errors += text;
    });
  }

  stop(): void {
    this.#child?.kill('SIGSTOP');
  }

  go(): void {
    this.#child?.kill('SIGCONT');
  }

  /**
   * Lets the process end itself at its failpoint and answers that; `null`: it has none, or did
   * not come by in time and still runs.
   */
  async endAtFailpoint(): Promise<Failpoint | null> {
    const child = this.#child;
    if (child === null || this.#failpoint === null || !this.isRunning) return null;
    const ended = once(child, 'exit').then(() => this.#failpoint);
    child.kill(ARM_SIGNAL);
    return await Promise.race([ended, sleep(FAILPOINT_MS, null, { ref: false })]);
  }

  /** Ends the process by force; does nothing if none runs. */
  async kill(): Promise<void> {
    await this.#end('SIGKILL');
  }

  /** Asks the process to end and gives its exit status; `null`: a signal ended it. */
  async terminate(): Promise<number | null> {
    await this.#end('SIGTERM');
    return this.#child?.exitCode ?? null;
  }

  async exited(): Promise<number | null> {
    const child = this.#child;
    if (child !== null && this.isRunning) await once(child, 'exit');
    return child?.exitCode ?? null;
  }

  async #end(signal: NodeJS.Signals): Promise<void> {
    const child = this.#child;
    if (child === null || !this.isRunning) return;
    const ended = once(child, 'exit');
    child.kill(signal);
    await ended;
  }
}

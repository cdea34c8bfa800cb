import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { JobInput } from '../../packages/tickwork/src/core/declaration/job-input.ts';
import type { Timings } from '../../packages/tickwork/src/core/engine/engine-parts.ts';
import type { JobView } from '../../packages/tickwork/src/core/operations/job-view.ts';
import type { Scheduler } from '../../packages/tickwork/src/core/operations/scheduler-api.ts';
import { createScheduler } from '../../packages/tickwork/src/index.ts';
import { createSqliteStore } from '../../packages/tickwork/src/stores/sqlite/index.ts';
import type { FaultKind } from '../../packages/verify/src/history/history.ts';
import { Machine } from './machine.ts';
import { type NodeOrder, readWitness, type WitnessLine } from './witness.ts';

export interface SiteOptions {
  readonly machines: number;
  readonly leaseMs: number;
  readonly timings?: Partial<Timings>;
  readonly jobs: Readonly<Record<string, JobInput>>;
  readonly pagesMax?: number;
  /** Where the store lies; default: a folder of the site. */
  readonly storeDirectory?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

export interface Fault {
  readonly kind: FaultKind;
  /** A machine, or `store`. */
  readonly target: string;
  readonly beginAt: number;
  endAt: number;
}

const LOOK_MS = 20;
const WAIT_MS = 60_000;

/** The times of an episode; leases are short, so that much happens in little time. */
export function timingsOf(leaseMs: number): Partial<Timings> {
  const every = Math.round(leaseMs / 3);
  return { leaseMs, renewEveryMs: Math.round(leaseMs / 4), reapEveryMs: every };
}

/** One file with the machines that work on it, its witness, and what was done to it. */
export class Site {
  readonly directory = mkdtempSync(join(tmpdir(), 'tickwork-chaos-'));
  readonly witness = join(this.directory, 'witness.jsonl');
  readonly path: string;
  readonly machines: Machine[];
  readonly faults: Fault[] = [];
  readonly failures: string[] = [];
  readonly acknowledged: string[] = [];
  /** Stretches in which a stopped process kept all others from writing. */
  readonly lockedOut: { readonly fromAt: number; readonly toAt: number }[] = [];
  /** Processes that ended themselves, by failpoint. */
  readonly failpoints: Record<string, number> = {};
  readonly options: SiteOptions;
  /** Until it was judged. */
  hasFailed = true;
  readonly beganAt = Date.now();
  declared: { readonly invokeAt: number; readonly okAt: number; readonly views: JobView[] } | null =
    null;

  constructor(options: SiteOptions) {
    this.options = options;
    const folder = options.storeDirectory ?? join(this.directory, 'store');
    mkdirSync(folder, { recursive: true });
    this.path = join(folder, 'tickwork.db');
    writeFileSync(this.witness, '');
    this.machines = Array.from({ length: options.machines }, (_, i) => new Machine(`m${i}`));
  }

  get timings(): Partial<Timings> {
    return this.options.timings ?? timingsOf(this.options.leaseMs);
  }

  lines(): WitnessLine[] {
    return readWitness(this.witness);
  }

  /** A scheduler of the harness that manages and runs nothing. */
  async open(): Promise<Scheduler> {
    const store = await createSqliteStore({ path: this.path });
    return await createScheduler({ store, logger: { log: () => {} } });
  }

  async declareJobs(): Promise<void> {
    const scheduler = await this.open();
    const invokeAt = Date.now();
    const views: JobView[] = [];
    for (const [name, job] of Object.entries(this.options.jobs)) {
      views.push(await scheduler.job(name, job));
    }
    this.declared = { invokeAt, okAt: Date.now(), views };
    await scheduler.close();
  }

  start(machine: Machine, more: Partial<NodeOrder> = {}): void {
    const order = { path: this.path, witness: this.witness, timings: this.timings };
    const rest = { pagesMax: this.options.pagesMax ?? null, dropsRights: false };
    machine.start({ ...order, ...rest, failpoint: null, ...more }, { ...this.options.environment });
  }

  /** Starts a machine and waits until its node has joined. */
  async startAndWait(machine: Machine, more: Partial<NodeOrder> = {}): Promise<void> {
    this.start(machine, more);
    const { pid } = machine;
    await this.until(`${machine.name} joins`, () => {
      if (!machine.isRunning) throw new Error(`${machine.name} ended: ${machine.errors}`);
      return this.lines().some((line) => line.type === 'ready' && line.pid === pid);
    });
  }

  beginFault(kind: FaultKind, target: string, beginAt: number = Date.now()): Fault {
    const fault = { kind, target, beginAt, endAt: Number.POSITIVE_INFINITY };
    this.faults.push(fault);
    return fault;
  }

  /** Asks again and again until there is an answer; a deadline says what was awaited. */
  async until<Answer>(
    what: string,
    question: () => Answer | Promise<Answer>,
    waitMs: number = WAIT_MS,
  ): Promise<NonNullable<Answer>> {
    const deadlineMs = performance.now() + waitMs;
    for (;;) {
      const answer = await question();
      if (answer) return answer;
      if (performance.now() > deadlineMs) throw new Error(`waited ${waitMs} ms in vain: ${what}`);
      await sleep(LOOK_MS);
    }
  }

  /** Ends all processes in good order; each must end well. */
  async terminate(): Promise<void> {
    for (const machine of this.machines) {
      if (!machine.isRunning) continue;
      const status = await machine.terminate();
      if (status !== 0) this.failures.push(`${machine.name} ended with status ${status}`);
    }
    for (const { name, errors } of this.machines) {
      if (errors !== '') this.failures.push(`${name} wrote: ${errors.slice(0, 500)}`);
    }
  }

  /** With TICKWORK_CHAOS_KEEP the files of an episode that failed stay, to be looked at. */
  async remove(): Promise<void> {
    for (const machine of this.machines) await machine.kill();
    if (this.hasFailed && process.env.TICKWORK_CHAOS_KEEP !== undefined) {
      console.error(`kept: ${this.directory}`);
      return;
    }
    rmSync(this.directory, { recursive: true, force: true, maxRetries: 5 });
  }
}

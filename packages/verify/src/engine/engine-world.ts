import type { Json } from '../../../tickwork/src/core/base/json.ts';
import {
  defaultConcurrency,
  defaultTimings,
  type Timings,
} from '../../../tickwork/src/core/engine/engine-parts.ts';
import type { EventName, TickworkEvent } from '../../../tickwork/src/core/events/catalogue.ts';
import type { Job } from '../../../tickwork/src/core/model/job.ts';
import { defaultPolicies } from '../../../tickwork/src/core/model/policy.ts';
import type { Run, SkipRange } from '../../../tickwork/src/core/model/run.ts';
import type { Store } from '../../../tickwork/src/core/ports/store.ts';
import type { AttemptContext, SlotKind } from '../../../tickwork/src/core/ports/task-kind.ts';
import { SchedulerCore } from '../../../tickwork/src/core/scheduler.ts';
import type { Instant } from '../../../tickwork/src/core/time/instant.ts';
import { ZoneTable } from '../../../tickwork/src/core/time/zone-table.ts';
import { startAtOf } from '../../../tickwork/src/core/trigger/start-at.ts';
import { createMemoryStore } from '../../../tickwork/src/stores/memory/index.ts';
import { SeededIds, SeededRandom } from '../../../tickwork/src/testing/seeded-random.ts';
import { SimulatedClock } from '../../../tickwork/src/testing/simulated-clock.ts';
import { SimulatedTime } from '../../../tickwork/src/testing/simulated-time.ts';
import { SimulatedTimers } from '../../../tickwork/src/testing/simulated-timers.ts';
import { temporalZoneData } from '../oracle/temporal-zone-data.ts';
import { allRuns, fateProblems } from './fates.ts';
import { JobRecorder } from './job-record.ts';
import { StoreLink } from './store-link.ts';
import { TestTasks } from './test-tasks.ts';

/** What a test's handler gets besides its input. */
export interface WorldContext extends AttemptContext {
  /** Lets simulated time pass; rejects with the reason when the attempt is told to stop. */
  sleep(ms: number): Promise<void>;
  /** Lets simulated time pass whatever anybody says. */
  sleepDeaf(ms: number): Promise<void>;
}

export type WorldHandler = (input: Json, context: WorldContext) => unknown;

/** One call of a handler, as its task saw it; instants in ms since the world began. */
export interface Call {
  readonly task: string;
  readonly node: string;
  readonly jobName: string | null;
  readonly runId: string;
  /** In ms since the world began. */
  readonly fireAt: number;
  readonly attempt: number;
  readonly fence: number;
  readonly coalesced: number;
  readonly input: Json;
  readonly from: number;
  to: number | null;
  aborted: string | null;
}

export interface WorldNode {
  readonly name: string;
  readonly scheduler: SchedulerCore;
  readonly link: StoreLink;
  readonly clock: SimulatedClock;
  readonly timers: SimulatedTimers;
  /** The process ends at once: no timer fires, no call is answered any more. */
  crash(): void;
}

export interface NodeOptions {
  readonly concurrency?: Partial<Record<SlotKind, number>>;
  readonly timings?: Partial<Timings>;
  /** Names of nodes that are provably gone. */
  readonly isGone?: (nodeName: string) => boolean;
}

export interface WorldOptions {
  /** Whether nodes have clocks of their own beside the store's; default `database`. */
  readonly clock?: Store['clockSource'];
  readonly pools?: Readonly<Record<string, number>>;
}

export const WORLD_BEGAN_AT = Date.UTC(2026, 0, 1);

/**
 * Schedulers on one memory store and one line of simulated time, with everything that
 * their tasks and events showed. Instants in tests are milliseconds since the world began.
 */
export class EngineWorld {
  readonly time = new SimulatedTime(WORLD_BEGAN_AT);
  readonly store: Store;
  readonly recorder = new JobRecorder();
  readonly nodes: WorldNode[] = [];
  readonly calls: Call[] = [];
  readonly events: TickworkEvent[] = [];
  readonly zones = new ZoneTable(zoneData);
  readonly #handlers = new Map<string, WorldHandler>();
  #editors = 1;
  readonly #kindOf = new Map<string, SlotKind>();

  /** The store's clock; with `process` the one clock of all nodes. */
  readonly clock = new SimulatedClock(this.time);
  readonly #clockSource: Store['clockSource'];
  readonly #pools: Readonly<Record<string, number>>;

  constructor(options: WorldOptions = {}) {
    this.#pools = options.pools ?? {};
    this.#clockSource = options.clock ?? 'database';
    const { clock } = this;
    this.store = this.recorder.watch(createMemoryStore({ clock, clockSource: this.#clockSource }));
  }

  /** Milliseconds since the world began. */
  get now(): number {
    return this.time.now - WORLD_BEGAN_AT;
  }

  /** A task that every node has from its start on; default: it succeeds at once. */
  task(name: string, handler: WorldHandler = () => null, slotKind: SlotKind = 'function'): this {
    this.#handlers.set(name, handler);
    this.#kindOf.set(name, slotKind);
    return this;
  }

  /** A new node, not started. */
  node(options: NodeOptions = {}): WorldNode {
    const node = this.#make(`n${this.nodes.length + 1}`, options, new StoreLink(this.store));
    this.nodes.push(node);
    return node;
  }

  #make(name: string, options: NodeOptions, link: StoreLink): WorldNode {
    let alive = true;
    const clock = this.#clockSource === 'process' ? this.clock : new SimulatedClock(this.time);
    const timers = new SimulatedTimers(this.time, { deliver: (run) => alive && run() });
    const functions = this.#tasksOf(name, 'function', () => alive);
    const external = this.#tasksOf(name, 'external', () => alive);
    const scheduler = new SchedulerCore({
      ...{ store: link.store, clock, timers, functions, taskKinds: [functions, external] },
      random: new SeededRandom(name),
      ids: new SeededIds(name, new SeededRandom(name)),
      zoneData,
      logger: { log: () => {} },
      processWatch: { isGone: (node) => options.isGone?.(node.name) ?? false },
      node: { name, host: 'host', pid: 1, bootId: '', processStart: '', version: '0' },
      timezone: 'UTC',
      concurrency: { ...defaultConcurrency, ...options.concurrency },
      timings: { ...defaultTimings, ...options.timings },
      policies: defaultPolicies,
      pools: this.#pools,
    });
    for (const event of heard) scheduler.on(event, (told) => alive && this.events.push(told));
    const crash = (): void => {
      alive = false;
      link.cut();
    };
    return { name, scheduler, link, clock, timers, crash };
  }

  /** A process that declares jobs again over the first node's link, and never starts. */
  editor(): WorldNode {
    const [first] = this.nodes;
    if (first === undefined) throw new Error('there is no node yet');
    const node = this.#make(`editor${this.#editors++}`, {}, first.link);
    return node;
  }

  /** A new node, started. */
  async start(options: NodeOptions = {}): Promise<WorldNode> {
    const node = this.node(options);
    await node.scheduler.start();
    return node;
  }

  /** Lets time pass up to so many ms after the world began. */
  async to(ms: number): Promise<void> {
    await this.time.runUntil(WORLD_BEGAN_AT + ms);
  }

  async pass(ms: number): Promise<void> {
    await this.to(this.now + ms);
  }

  /** Lets time pass until a promise has settled. */
  async during<T>(promise: Promise<T>): Promise<T> {
    let settled = false;
    const done = (): void => {
      settled = true;
    };
    promise.then(done, done);
    await this.time.runWhile(() => !settled, this.time.now + 3_600_000);
    return await promise;
  }

  async job(name: string): Promise<Job> {
    const [job] = await this.store.findJobs([name]);
    if (!job) throw new Error(`there is no job ${name}`);
    return job;
  }

  /** All runs of a job (or all), by their instant. */
  async runs(jobName?: string): Promise<Run[]> {
    const runs = await allRuns(this.store);
    return runs
      .filter((run) => jobName === undefined || run.jobName === jobName)
      .sort((a, b) => a.fireAt - b.fireAt || (a.id < b.id ? -1 : 1));
  }

  /** `['1000 SUCCESS', '2000 SKIPPED overlap', …]` of the runs up to now. */
  async fates(jobName: string): Promise<string[]> {
    const runs = await this.runs(jobName);
    return runs
      .filter((run) => run.fireAt <= this.time.now)
      .map(({ fireAt, state, reason }) => {
        return `${fireAt - WORLD_BEGAN_AT} ${state}${reason === null ? '' : ` ${reason}`}`;
      });
  }

  async skips(jobName: string): Promise<SkipRange[]> {
    const { id } = await this.job(jobName);
    return await this.store.listSkips(id, 0, Number.MAX_SAFE_INTEGER, 1000);
  }

  /** When and how long the attempts of a job ran: `['1000-1500', …]`; open end = running. */
  spans(jobName: string): string[] {
    return this.calls
      .filter((call) => call.jobName === jobName)
      .map(({ from, to }) => `${from}-${to ?? ''}`);
  }

  told<Name extends EventName>(name: Name): TickworkEvent<Name>[] {
    return this.events.filter((event) => event.name === name) as unknown as TickworkEvent<Name>[];
  }

  /**
   * What is wrong in the ledgers of all jobs, see `fateProblems`, and attempts that were
   * made twice. Instants of the last `slackMs` need not be decided yet.
   */
  async problems(slackMs = 1000): Promise<string[]> {
    const found = await this.ledgerProblems(-slackMs);
    const seen = new Set<string>();
    for (const { task, runId, attempt, fence } of this.calls) {
      const key = `attempt ${attempt} (fence ${fence}) of run ${runId} (${task})`;
      if (seen.has(key)) found.push(`${key} was made twice`);
      seen.add(key);
    }
    return found;
  }

  /** The same for the ledgers alone, at the store's `now` plus this. */
  async ledgerProblems(aheadMs: number): Promise<string[]> {
    const now: Instant = this.time.now;
    const facts = { store: this.store, zones: this.zones, now, settledAt: now + aheadMs };
    const found: string[] = [];
    for (const record of this.recorder.records) {
      found.push(...(await fateProblems(record, facts)));
    }
    return found;
  }

  /** When the planned run of an instant of a job may start. */
  async scheduledStart(jobName: string, fireMs: number): Promise<Instant> {
    const { definition } = await this.job(jobName);
    return startAtOf(definition.trigger, jobName, WORLD_BEGAN_AT + fireMs);
  }

  #tasksOf(node: string, slotKind: SlotKind, isAlive: () => boolean): TestTasks {
    const tasks = new TestTasks(slotKind, slotKind);
    for (const [name, handler] of this.#handlers) {
      if (this.#kindOf.get(name) !== slotKind) continue;
      tasks.register(name, (input: Json, context: AttemptContext) => {
        return isAlive()
          ? this.#perform({ task: name, node, handler, isAlive }, input, context)
          : NEVER;
      });
    }
    return tasks;
  }

  async #perform(
    { task, node, handler, isAlive }: Performed,
    input: Json,
    context: AttemptContext,
  ): Promise<unknown> {
    const { runId, jobName, attempt, fence, fireAt, coalescedCount: coalesced } = context;
    const call: Call = {
      ...{ task, node, jobName, runId, attempt, fence, coalesced, input },
      fireAt: fireAt - WORLD_BEGAN_AT,
      from: this.now,
      to: null,
      aborted: null,
    };
    this.calls.push(call);
    const { signal } = context;
    const stopped = (): void => {
      call.aborted = String((signal.reason as { code?: unknown }).code);
    };
    if (signal.aborted) stopped();
    else signal.addEventListener('abort', stopped, { once: true });
    try {
      return await handler(input, this.#contextOf(context, isAlive));
    } finally {
      call.to = this.now;
    }
  }

  #contextOf(context: AttemptContext, isAlive: () => boolean): WorldContext {
    const { signal } = context;
    const sleepDeaf = (ms: number): Promise<void> =>
      new Promise((resolve) => this.time.after(ms, () => isAlive() && resolve()));
    const sleep = (ms: number): Promise<void> =>
      new Promise((resolve, reject) => {
        const event = this.time.after(ms, () => isAlive() && resolve());
        const stop = (): void => {
          event.cancel();
          reject(signal.reason);
        };
        if (signal.aborted) stop();
        else signal.addEventListener('abort', stop, { once: true });
      });
    return {
      ...{ runId: context.runId, jobName: context.jobName, attempt: context.attempt },
      ...{ fireAt: context.fireAt, fence: context.fence, signal, sleep, sleepDeaf },
      idempotencyKey: context.idempotencyKey,
      coalescedCount: context.coalescedCount,
      cancelGraceMs: context.cancelGraceMs,
      output: (stream, text) => context.output(stream, text),
      progress: (value) => context.progress(value),
    };
  }
}

/** A handler and where it runs. */
interface Performed {
  readonly task: string;
  readonly node: string;
  readonly handler: WorldHandler;
  readonly isAlive: () => boolean;
}

const NEVER = new Promise<never>(() => {});
const zoneData = temporalZoneData();

const heard: readonly EventName[] = [
  'job.saved',
  'job.status',
  'job.removed',
  'job.no-handler',
  'run.planned',
  'run.started',
  'run.finished',
  'run.skipped',
  'run.refused',
  'run.abandoned',
  'node.started',
  'node.stopped',
  'node.lost',
  'store.lost',
  'clock.step',
  'loop.error',
  'loop.recovered',
];

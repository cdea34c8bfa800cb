import type { NodeInfo } from '../../../tickwork/src/core/model/node.ts';
import { defaultPolicies } from '../../../tickwork/src/core/model/policy.ts';
import type { Run } from '../../../tickwork/src/core/model/run.ts';
import type {
  Completion,
  RunReport,
  Settlement,
  StartOutcome,
  StartRequest,
} from '../../../tickwork/src/core/ports/run-store.ts';
import type { Store } from '../../../tickwork/src/core/ports/store.ts';
import type { AttemptContext } from '../../../tickwork/src/core/ports/task-kind.ts';
import { SchedulerCore } from '../../../tickwork/src/core/scheduler.ts';
import { createMemoryStore } from '../../../tickwork/src/stores/memory/index.ts';
import {
  ScriptedTasks,
  type ScriptedWitness,
} from '../../../tickwork/src/testing/scripted-task.ts';
import { SeededIds, SeededRandom } from '../../../tickwork/src/testing/seeded-random.ts';
import { SimulatedClock } from '../../../tickwork/src/testing/simulated-clock.ts';
import { SimulatedTimers } from '../../../tickwork/src/testing/simulated-timers.ts';
import type { FaultKind } from '../history/history.ts';
import type { ClusterParts, Life, Machine } from './cluster-parts.ts';
import { FaultyLink, type LinkTap, type StoreMethod } from './faulty-link.ts';
import { GateTasks } from './gate-tasks.ts';
import { goesOn, scriptOf } from './job-script.ts';
import { SimulatedProcess } from './simulated-process.ts';

const RETENTION = { ageMs: 400 * 86_400_000, runsMax: 10_000_000 };
const SLOTS = 1000;
/** The pools that jobs may name. */
export const simulatedPools = { narrow: 2, wide: 8 } as const;
/** A supervisor starts a process that could not start again after this. */
const START_AGAIN_MS = 2000;

/** The shared store, the machines, and what the harness sees of both. */
export class SimulatedCluster {
  readonly machines: Machine[] = [];
  readonly clients: Life[] = [];
  readonly store: Store;
  readonly storeClock: SimulatedClock;
  /** Errors that are defects whatever the history says. */
  readonly defects: string[] = [];
  readonly reached = { storeErrors: 0, nodesLost: 0, abandoned: 0 };
  readonly #parts: ClusterParts;
  readonly #random: SeededRandom;
  readonly #renewedAt = new Map<string, number>();
  /** Which life was granted an attempt: `runId/token` → node id. */
  readonly #grantedTo = new Map<string, string>();
  /** Processes that have taken part: `machine/start`. */
  readonly #joined = new Set<string>();
  #faultId = 0;

  constructor(parts: ClusterParts) {
    this.#parts = parts;
    const { options, time } = parts;
    this.#random = new SeededRandom(`cluster/${options.seed}`);
    this.storeClock = new SimulatedClock(time);
    const memory = createMemoryStore({ clock: this.storeClock, clockSource: 'database' });
    this.store = parts.wrapStore?.(memory) ?? memory;
    for (let i = 0; i < options.nodes; i++) {
      const clock = new SimulatedClock(time, this.#random.int(-2000, 2000));
      this.machines.push({ name: `m${i}`, clock, starts: 0, life: null, crashFaultId: null });
    }
  }

  get random(): SeededRandom {
    return this.#random;
  }

  /** A process that manages jobs and runs none. */
  client(index: number): Life {
    const clock = new SimulatedClock(this.#parts.time, 500 - 900 * index);
    const life = this.#makeLife(`client${index}`, clock, 1);
    this.clients.push(life);
    return life;
  }

  start(machine: Machine): void {
    if (machine.life !== null) return;
    machine.starts += 1;
    const life = this.#makeLife(machine.name, machine.clock, machine.starts);
    machine.life = life;
    if (machine.crashFaultId !== null) this.endFault(machine.crashFaultId, 'crash', machine.name);
    machine.crashFaultId = null;
    life.scheduler.start().catch((error: unknown) => {
      this.#noteDefect(machine.name, error);
      if (machine.life !== life) return;
      life.process.kill();
      machine.life = null;
      this.#parts.time.after(START_AGAIN_MS, () => this.start(machine));
    });
  }

  /** Everything in the process stops at once and is forgotten. */
  crash(machine: Machine): void {
    if (machine.life === null) return;
    machine.life.process.kill();
    machine.life = null;
    machine.crashFaultId = this.beginFault('crash', machine.name);
  }

  /** Stops in good order and starts again. */
  restart(machine: Machine): void {
    const { life } = machine;
    if (life === null || life.process.isPaused) return;
    const faultId = this.beginFault('restart', machine.name);
    const again = (): void => {
      this.endFault(faultId, 'restart', machine.name);
      if (machine.life !== life) return;
      // What still ran in it ends with the process.
      this.crash(machine);
      this.start(machine);
    };
    life.scheduler.stop({ drain: this.#random.chance(0.5), timeoutMs: 10_000 }).then(
      () => this.#parts.time.after(0, again),
      (error: unknown) => {
        this.#noteDefect(machine.name, error);
        this.#parts.time.after(0, () => {
          this.crash(machine);
          this.#parts.time.after(START_AGAIN_MS, () => this.start(machine));
          again();
        });
      },
    );
  }

  beginFault(kind: FaultKind, target: string, params?: Record<string, number | string>): number {
    this.#faultId += 1;
    const fact = {
      src: 'nemesis',
      type: 'fault.begin',
      faultId: this.#faultId,
      kind,
      target,
    } as const;
    this.#parts.history.write(params === undefined ? fact : { ...fact, params });
    return this.#faultId;
  }

  endFault(faultId: number, kind: FaultKind, target: string): void {
    this.#parts.history.write({ src: 'nemesis', type: 'fault.end', faultId, kind, target });
  }

  #makeLife(name: string, clock: SimulatedClock, starts: number): Life {
    const { options, time, zoneData } = this.#parts;
    const random = new SeededRandom(`${options.seed}/${name}/${starts}`);
    const process = new SimulatedProcess(name, time);
    const link = new FaultyLink({
      ...{ store: this.store, time, process, latencyMs: options.latencyMs },
      random: random.fork('link'),
      tap: this.#tap(name),
    });
    const slop = random.fork('slop');
    const slopMs = (): number => slop.next() * 1.5 - 0.5;
    const timers = new SimulatedTimers(time, { deliver: process.deliver, slopMs });
    const tasks = new ScriptedTasks({
      timers,
      script: (context, input) => scriptOf(options.seed, context, input),
      witness: this.#witness(name, process),
    });
    const scheduler = new SchedulerCore({
      ...{ store: link.store, clock, timers, zoneData, timezone: 'UTC' },
      random: random.fork('core'),
      ids: new SeededIds(`${name}-${starts}`, random.fork('ids')),
      logger: { log: () => {} },
      processWatch: { isGone: (node) => this.#isGone(node.name, node.pid) },
      taskKinds: [tasks, this.#gates(name)],
      pools: simulatedPools,
      functions: { register: () => {}, registerClass: () => {} },
      node: { name, host: name, pid: starts, bootId: '', processStart: '', version: '0' },
      concurrency: { function: SLOTS, external: SLOTS },
      timings: options.timings,
      policies: { ...defaultPolicies, retention: RETENTION },
    });
    scheduler.on('loop.error', ({ loop, code, message }) => {
      if (code === 'BROKEN_INVARIANT') this.defects.push(`${name} ${loop}: ${message}`);
      else this.reached.storeErrors += 1;
    });
    scheduler.on('node.lost', () => {
      this.reached.nodesLost += 1;
    });
    scheduler.on('run.abandoned', () => {
      this.reached.abandoned += 1;
    });
    return { process, link, scheduler };
  }

  #isGone(name: string, pid: number): boolean {
    if (!this.#parts.options.oneHost) return false;
    const machine = this.machines.find((each) => each.name === name);
    return machine !== undefined && (machine.starts > pid || machine.life === null);
  }

  #noteDefect(name: string, error: unknown): void {
    const code = (error as { code?: unknown }).code;
    if (code === 'STORE_UNAVAILABLE' || code === 'FENCED') return;
    this.defects.push(
      `${name}: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`,
    );
  }

  #gates(node: string): GateTasks {
    const { options, history } = this.#parts;
    return new GateTasks({
      goesOn: (context, input) => goesOn(options.seed, context, input),
      answered: (context, yes) => {
        history.write({ ...this.#keyOf(node, context), type: 'run.check', goesOn: yes });
      },
    });
  }

  #keyOf(node: string, context: AttemptContext) {
    return {
      src: 'witness' as const,
      node,
      inc: this.#grantedTo.get(`${context.runId}/${context.fence}`) ?? node,
      sched: context.jobName,
      fireAt: context.fireAt,
      runId: context.runId,
      attempt: context.attempt,
      token: context.fence,
    };
  }

  #witness(node: string, process: SimulatedProcess): ScriptedWitness {
    const { history, time } = this.#parts;
    const keyOf = (context: AttemptContext) => this.#keyOf(node, context);
    return {
      started: (context) => {
        const { coalescedCount } = context;
        history.write({ ...keyOf(context), type: 'run.start', coalescedCount });
        const machine = this.machines.find((each) => each.name === node);
        const kills = context.jobName?.startsWith('poison') === true && machine !== undefined;
        if (!kills) return;
        time.after(5, () => {
          if (!process.isAlive || machine.life?.process !== process) return;
          this.crash(machine);
          time.after(START_AGAIN_MS, () => this.start(machine));
        });
      },
      asked: (context, reason) => history.write({ ...keyOf(context), type: 'run.sig', reason }),
      ended: (context, outcome) => history.write({ ...keyOf(context), type: 'run.end', outcome }),
    };
  }

  #tap(name: string): LinkTap {
    return {
      applied: (method, args, answer, sentAt) => this.#applied(name, method, args, answer, sentAt),
      answered: (method, args, answer) => {
        if (method === 'completeRuns') this.#writeEnds('ack', name, args, answer);
      },
      faulted: (fault) => {
        const faultId = this.beginFault(fault, name);
        return () => this.endFault(faultId, fault, name);
      },
    };
  }

  #applied(
    name: string,
    method: StoreMethod,
    args: readonly unknown[],
    answer: unknown,
    sentAt: number,
  ): void {
    const { history } = this.#parts;
    switch (method) {
      case 'startRuns':
        this.#writeGrants(args, answer as readonly StartOutcome[]);
        break;
      case 'claimRuns':
        for (const run of answer as readonly Run[]) {
          if (run.state !== 'RUNNING') continue;
          this.#writeGrant(run.nodeId ?? '', run.id, run, run.startedAt ?? 0);
        }
        break;
      case 'completeRuns':
        this.#writeEnds('commit', name, args, answer);
        break;
      case 'settleRuns':
        this.#writeSkips(args, answer as readonly string[]);
        break;
      case 'reportRuns':
        this.#writeReports(args, answer as readonly string[]);
        break;
      case 'joinNode':
        this.#renewedAt.set((args[0] as { id: string }).id, sentAt);
        this.#writeJoin(name, args[0] as NodeInfo, answer as { first: boolean });
        break;
      case 'renewNode':
        if ((answer as { held: boolean }).held) this.#renewedAt.set(args[0] as string, sentAt);
        break;
      case 'leaveNode':
        history.write({ src: 'sut', type: 'left', inc: args[0] as string });
        break;
      case 'reapNodes':
        for (const inc of (answer as { nodeIds: readonly string[] }).nodeIds) {
          const renewedAt = this.#renewedAt.get(inc) ?? 0;
          history.write({ src: 'sut', type: 'reaped', inc, renewedAt });
        }
        break;
      default:
    }
  }

  #writeGrants(args: readonly unknown[], answer: readonly StartOutcome[]): void {
    const inc = args[0] as string;
    for (const [i, request] of (args[1] as readonly StartRequest[]).entries()) {
      const outcome = answer[i];
      if (outcome?.outcome !== 'started') continue;
      this.#writeGrant(inc, request.runId, outcome, args[2] as number);
    }
  }

  #writeGrant(
    inc: string,
    runId: string,
    { attempt, fence: token }: { readonly attempt: number; readonly fence: number },
    at: number,
  ): void {
    const key = `${runId}/${token}`;
    if (this.#grantedTo.has(key)) return;
    this.#grantedTo.set(key, inc);
    this.#parts.history.write({ src: 'sut', type: 'grant', at, inc, runId, attempt, token });
  }

  /** Only the first life of a process is a start. */
  #writeJoin(
    node: string,
    { id: inc, pid }: NodeInfo,
    { first }: { readonly first: boolean },
  ): void {
    const key = `${node}/${pid}`;
    if (this.#joined.has(key)) return;
    this.#joined.add(key);
    this.#parts.history.write({ src: 'sut', type: 'joined', node, inc, first });
  }

  #writeReports(args: readonly unknown[], answer: readonly string[]): void {
    for (const [i, { runId, fence: token }] of (args[0] as readonly RunReport[]).entries()) {
      const inc = this.#grantedTo.get(`${runId}/${token}`) ?? '';
      const fact = { src: 'sut', type: 'commit', inc, runId, token, state: null } as const;
      const accepted = answer[i] === 'accepted';
      this.#parts.history.write({ ...fact, what: 'report', accepted });
    }
  }

  /** A run that is skipped so has never begun: no fence was issued for it. */
  #writeSkips(args: readonly unknown[], answer: readonly string[]): void {
    const fact = { src: 'sut', type: 'commit', inc: args[0] as string, token: 0 } as const;
    for (const [i, { runId, to: state }] of (args[1] as readonly Settlement[]).entries()) {
      if (state !== 'SKIPPED' || answer[i] !== 'written') continue;
      this.#parts.history.write({ ...fact, runId, what: 'settlement', state, accepted: true });
    }
  }

  #writeEnds(
    type: 'commit' | 'ack',
    name: string,
    args: readonly unknown[],
    answer: unknown,
  ): void {
    for (const [i, completion] of (args[0] as readonly Completion[]).entries()) {
      const accepted = (answer as readonly string[])[i] !== 'refused';
      const { runId, fence: token, state, nodeId } = completion;
      // A recovery writes the end of another node's attempt.
      const own = completion.outcome === 'lost' ? `${name}-recovery` : nodeId;
      const fact = { src: 'sut', inc: own, runId, token, state, accepted } as const;
      this.#parts.history.write(
        type === 'commit' ? { ...fact, type, what: 'completion' } : { ...fact, type },
      );
    }
  }
}

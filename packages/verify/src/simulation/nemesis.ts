import type { SeededRandom } from '../../../tickwork/src/testing/seeded-random.ts';
import type { SimulatedTime } from '../../../tickwork/src/testing/simulated-time.ts';
import type { HistoryWriter } from '../history/history-writer.ts';
import type { SimulatedCluster } from './cluster.ts';
import type { Machine } from './cluster-parts.ts';
import type { SimulationOptions } from './draw-options.ts';
import type { StoreMethod } from './faulty-link.ts';

/** The calls that change something. */
const trappedMethods = [
  'planDue',
  'claimRuns',
  'startRuns',
  'settleRuns',
  'completeRuns',
  'reportRuns',
  'cancelRuns',
  'renewNode',
  'reapNodes',
] as const satisfies readonly StoreMethod[];

/** Those of the processes that manage jobs. */
const clientMethods = [
  'saveJobs',
  'planDue',
  'deleteJobs',
  'enqueueRuns',
  'cancelRuns',
] as const satisfies readonly StoreMethod[];

const SECOND = 1000;
const MINUTE = 60 * SECOND;

export interface NemesisParts {
  readonly options: SimulationOptions;
  readonly time: SimulatedTime;
  readonly cluster: SimulatedCluster;
  readonly history: HistoryWriter;
  readonly random: SeededRandom;
  /** No fault begins after this. */
  readonly untilAt: number;
}

/** Does harm, kind by kind, each with its own mean time between two, and heals it. */
export class Nemesis {
  readonly #parts: NemesisParts;
  /** What must still be undone: called at the end if its time has not come. */
  readonly #heals = new Set<() => void>();

  constructor(parts: NemesisParts) {
    this.#parts = parts;
  }

  start(): void {
    const { faults } = this.#parts.options;
    this.#repeat(faults.crash, () => this.#crash());
    this.#repeat(faults.pause, () => this.#pause());
    this.#repeat(faults.partition, () => this.#partition());
    this.#repeat(faults.storeDown, () => this.#storeDown());
    this.#repeat(faults.callTrouble, () => this.#callTrouble());
    this.#repeat(faults.oneCall, () => this.#oneCall());
    this.#repeat(faults.restart, () => this.#parts.cluster.restart(this.#anyMachine()));
    this.#repeat(faults.skew, () => this.#skew());
    this.#repeat(faults.clockForward, () =>
      this.#stepStoreClock(this.#stretch(SECOND, 90 * MINUTE)),
    );
    this.#repeat(faults.clockBack, () => this.#stepStoreClock(-this.#stretch(SECOND, 2 * MINUTE)));
  }

  /** Everything that is still broken is mended now. */
  heal(): void {
    for (const heal of [...this.#heals]) heal();
  }

  #repeat(meanMs: number | undefined, harm: () => void): void {
    if (meanMs === undefined) return;
    const { time, random, untilAt } = this.#parts;
    const next = (): void => {
      const delay = -Math.log(1 - random.next()) * meanMs;
      time.after(delay, () => {
        if (time.now >= untilAt) return;
        harm();
        next();
      });
    };
    next();
  }

  /** Undoes something after a while, or when everything is healed. */
  #later(delayMs: number, undo: () => void): void {
    const heal = (): void => {
      if (this.#heals.delete(heal)) undo();
    };
    this.#heals.add(heal);
    this.#parts.time.after(delayMs, heal);
  }

  #crash(): void {
    const machine = this.#anyMachine();
    if (machine.life === null) return;
    this.#parts.cluster.crash(machine);
    const { random } = this.#parts;
    const away = random.chance(0.1) ? Number.MAX_SAFE_INTEGER : this.#stretch(SECOND, 5 * MINUTE);
    this.#later(Math.min(away, 86_400_000), () => this.#parts.cluster.start(machine));
  }

  #pause(): void {
    const machine = this.#anyMachine();
    const { life } = machine;
    if (life === null || life.process.isPaused) return;
    const { cluster, options, random } = this.#parts;
    const faultId = cluster.beginFault('pause', machine.name);
    life.process.pause();
    this.#later(options.timings.leaseMs * (0.5 + random.next() * 3.5), () => {
      life.process.resume();
      cluster.endFault(faultId, 'pause', machine.name);
    });
  }

  #partition(): void {
    const machine = this.#anyMachine();
    const { life } = machine;
    if (life === null || life.link.isCut !== null) return;
    const { cluster, random } = this.#parts;
    const faultId = cluster.beginFault('partition', machine.name);
    life.link.isCut = random.pick(['silent', 'refused']);
    this.#later(this.#stretch(5 * SECOND, 3 * MINUTE), () => {
      life.link.isCut = null;
      cluster.endFault(faultId, 'partition', machine.name);
    });
  }

  #storeDown(): void {
    const { cluster, random } = this.#parts;
    const how = random.pick(['silent', 'refused'] as const);
    const faultId = cluster.beginFault('store-down', 'store');
    const endAt = this.#parts.time.now + this.#stretch(5 * SECOND, 5 * MINUTE);
    const cut = (to: typeof how | null): void => {
      for (const { life } of cluster.machines) if (life !== null) life.link.isCut = to;
    };
    cut(how);
    // Processes that start meanwhile find the store down too.
    const again = (): void => {
      if (!this.#heals.has(heal)) return;
      cut(how);
      this.#parts.time.after(SECOND, again);
    };
    const heal = (): void => {
      if (!this.#heals.delete(heal)) return;
      cut(null);
      cluster.endFault(faultId, 'store-down', 'store');
    };
    this.#heals.add(heal);
    this.#parts.time.after(endAt - this.#parts.time.now, heal);
    again();
  }

  #callTrouble(): void {
    const { life } = this.#anyMachine();
    if (life === null) return;
    const { options, random } = this.#parts;
    life.link.trouble = { chance: random.pick([0.05, 0.3, 0.8]), kinds: options.faults.callFaults };
    this.#later(this.#stretch(5 * SECOND, 2 * MINUTE), () => {
      life.link.trouble = null;
    });
  }

  /** One call alone goes wrong: nothing that follows helps to find out what became of it. */
  #oneCall(): void {
    const { cluster, options, random } = this.#parts;
    const fault = random.pick(options.faults.callFaults);
    if (random.chance(0.3)) {
      random.pick(cluster.clients).link.traps.set(random.pick(clientMethods), fault);
    } else this.#anyMachine().life?.link.traps.set(random.pick(trappedMethods), fault);
  }

  /** Node clocks may be as wrong as they like: they only decide how long to sleep. */
  #skew(): void {
    const { history, random } = this.#parts;
    const machine = this.#anyMachine();
    const size = random.logUniform(SECOND, 48 * 60 * MINUTE);
    const byMs = random.chance(0.5) ? size : -size;
    machine.clock.step(Math.round(byMs));
    const { offsetMs } = machine.clock;
    history.write({ src: 'clock', type: 'offset', node: machine.name, offsetMs });
  }

  #stepStoreClock(byMs: number): void {
    const { cluster, history } = this.#parts;
    const kind = byMs > 0 ? 'clock-forward' : 'clock-back';
    const rounded = Math.round(byMs);
    const faultId = cluster.beginFault(kind, 'store', { byMs: rounded });
    cluster.storeClock.step(rounded);
    const { offsetMs } = cluster.storeClock;
    history.write({ src: 'clock', type: 'offset', node: 'store', offsetMs });
    cluster.endFault(faultId, kind, 'store');
  }

  #anyMachine(): Machine {
    return this.#parts.random.pick(this.#parts.cluster.machines);
  }

  #stretch(least: number, most: number): number {
    return this.#parts.random.logUniform(least, most);
  }
}

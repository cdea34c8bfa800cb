import { createHash } from 'node:crypto';
import { planReachMs } from '../../../tickwork/src/core/planner/planner.ts';
import type { Store } from '../../../tickwork/src/core/ports/store.ts';
import type { ZoneData } from '../../../tickwork/src/core/time/zone-data.ts';
import { ambientTrap } from '../../../tickwork/src/testing/ambient-trap.ts';
import { SeededRandom } from '../../../tickwork/src/testing/seeded-random.ts';
import { SimulatedTime } from '../../../tickwork/src/testing/simulated-time.ts';
import { type CheckResult, checkHistory } from '../checker/check-history.ts';
import { defaultLimits, type HistoryEvent, type HistoryLimits } from '../history/history.ts';
import { HistoryWriter } from '../history/history-writer.ts';
import { SimulatedClient } from './client.ts';
import { SimulatedCluster } from './cluster.ts';
import { drawOptions, type SimulationLimits, type SimulationOptions } from './draw-options.ts';
import { dumpStore } from './dump-store.ts';
import { Nemesis } from './nemesis.ts';

export type { SimulationLimits } from './draw-options.ts';

export interface SimulationSetup {
  readonly seed: string;
  readonly zoneData: ZoneData;
  readonly limits?: SimulationLimits;
  /** For tests of the simulation itself: puts a defect between the store and everybody. */
  readonly wrapStore?: (store: Store) => Store;
}

export interface SimulationResult {
  readonly options: SimulationOptions;
  readonly history: readonly HistoryEvent[];
  readonly check: CheckResult;
  /** Broken invariants and errors that no fault explains. */
  readonly defects: readonly string[];
  /** SHA-256 of the history: equal for equal seeds. */
  readonly hash: string;
  /** Events of simulated time. */
  readonly eventCount: number;
}

const HOUR = 3_600_000;
const WARM_UP_MS = 5 * 60_000;

/** Simulates one cluster for some hours and judges its history. */
export async function simulate(setup: SimulationSetup): Promise<SimulationResult> {
  const options = drawOptions(setup.seed, setup.limits);
  const time = new SimulatedTime(options.startAt);
  const hash = createHash('sha256');
  const history = new HistoryWriter(
    () => time.now,
    (event) => hash.update(`${JSON.stringify(event)}\n`),
  );
  history.write({ src: 'harness', type: 'begin', limits: limitsOf(options) });
  const { zoneData } = setup;
  const wrap = setup.wrapStore === undefined ? {} : { wrapStore: setup.wrapStore };
  const cluster = new SimulatedCluster({ options, time, history, zoneData, ...wrap });
  const restore = ambientTrap.install();
  try {
    await runCluster(cluster, { options, time, history });
  } finally {
    restore();
  }
  const check = checkHistory(history.events);
  const digest = hash.update(String(time.eventCount)).digest('hex');
  const { defects } = cluster;
  return {
    ...{ options, check, defects, hash: digest },
    history: history.events,
    eventCount: time.eventCount,
  };
}

async function runCluster(
  cluster: SimulatedCluster,
  parts: { options: SimulationOptions; time: SimulatedTime; history: HistoryWriter },
): Promise<void> {
  const { options, time, history } = parts;
  const endAt = options.startAt + options.hours * HOUR;
  const healAt = endAt - options.settleMs;
  const random = (label: string): SeededRandom => new SeededRandom(`${label}/${options.seed}`);
  const client = new SimulatedClient({
    ...{ options, time, history, untilAt: healAt - HEAL_MARGIN_MS },
    random: random('client'),
    storeNow: () => cluster.storeClock.now(),
    lives: Array.from({ length: options.clients }, (_each, i) => cluster.client(i)),
    onDefect: (message) => cluster.defects.push(message),
  });
  const nemesis = new Nemesis({
    ...{ options, time, cluster, history, untilAt: healAt },
    random: random('nemesis'),
  });
  for (const machine of cluster.machines) {
    time.after(cluster.random.next() * 3000, () => cluster.start(machine));
  }
  client.start();
  time.after(Math.min(WARM_UP_MS, (options.hours * HOUR) / 4), () => nemesis.start());
  time.at(healAt, () => nemesis.heal());
  await time.runUntil(endAt);
  history.write({ src: 'harness', type: 'end' });
  await dumpStore(cluster.store, history, namesOf(history.events));
}

/** Operations end before everything is healed. */
const HEAL_MARGIN_MS = 60_000;

/** Job id → name, of every job there ever was. */
function namesOf(events: readonly HistoryEvent[]): Map<number, string> {
  const names = new Map<number, string>();
  for (const event of events) {
    if (event.src !== 'client' || event.type !== 'op.ok' || event.job === undefined) continue;
    names.set(event.job.jobId, event.sched);
  }
  return names;
}

function limitsOf(options: SimulationOptions): HistoryLimits {
  const { timings } = options;
  return {
    ...defaultLimits,
    nodeCount: options.nodes,
    leaseTtlMs: timings.leaseMs,
    renewMs: timings.renewEveryMs,
    reapMs: timings.reapEveryMs,
    tickMs: timings.pollEveryMs,
    reachMs: planReachMs(timings.horizonMs),
    horizonMs: timings.horizonMs,
    epsilonMs: epsilonOf(options),
    clockErrorMs: Math.ceil(options.latencyMs.max) + 2,
    settleMs: options.settleMs,
  };
}

/** One-way trips between an instant that comes within the horizon and the start of its run. */
const TRIPS = 10;
/** Between two passes of the planner, and between two claims. */
const PAUSES_MS = 250 + 1000;

/**
 * How late a start may be without a fault: a second, and on a slow link what planning,
 * claiming and starting can take beyond the horizon, one call after the other.
 */
function epsilonOf({ latencyMs, timings }: SimulationOptions): number {
  const chainMs = TRIPS * latencyMs.max + PAUSES_MS - timings.horizonMs;
  return Math.max(1000, Math.ceil(chainMs));
}

import { defaultTimings, type Timings } from '../../../tickwork/src/core/engine/engine-parts.ts';
import { SeededRandom } from '../../../tickwork/src/testing/seeded-random.ts';
import { oracleZone } from '../oracle/cron-oracle.ts';
import { type CallFault, callFaults } from './faulty-link.ts';

/** What the nemesis may do, with the mean time between two of a kind; absent = never. */
export interface FaultPlan {
  readonly crash?: number;
  readonly pause?: number;
  readonly partition?: number;
  readonly storeDown?: number;
  readonly callTrouble?: number;
  /** One call alone goes wrong. */
  readonly oneCall?: number;
  readonly restart?: number;
  readonly skew?: number;
  readonly clockForward?: number;
  readonly clockBack?: number;
  readonly callFaults: readonly CallFault[];
}

/** Everything that one seed decides about one simulated cluster. */
export interface SimulationOptions {
  readonly seed: string;
  readonly startAt: number;
  readonly hours: number;
  readonly nodes: number;
  readonly jobs: number;
  readonly zones: readonly string[];
  readonly timings: Timings;
  readonly latencyMs: { readonly min: number; readonly max: number };
  readonly faults: FaultPlan;
  /** Mean time between two operations of the client; 0 = none. */
  readonly operationEveryMs: number;
  /** Nothing is done to the cluster in the last stretch. */
  readonly settleMs: number;
  /** Whether nodes can prove that a neighbour's process is gone. */
  readonly oneHost: boolean;
  /** Processes that manage jobs and run none. */
  readonly clients: number;
}

export interface SimulationLimits {
  readonly hours?: number;
  readonly nodes?: number;
  readonly jobsMax?: number;
}

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
const SETTLE_MS = 8 * MINUTE;
const JOBS_MAX_DEFAULT = 60;

const zoneNames = [
  'Europe/Berlin',
  'America/New_York',
  'Australia/Lord_Howe',
  'America/Santiago',
  'Asia/Beirut',
  'Africa/Cairo',
  'America/Havana',
  'Pacific/Chatham',
  'Africa/Casablanca',
  'America/Nuuk',
  'America/Sao_Paulo',
  'America/St_Johns',
  'Asia/Gaza',
  'Asia/Kathmandu',
  'Asia/Shanghai',
  'Asia/Tehran',
  'Atlantic/Azores',
  'Europe/Dublin',
  'Europe/London',
  'Pacific/Apia',
  'Pacific/Norfolk',
  'UTC',
];

/** Draws one cluster: swarm testing, so each seed leaves some kinds of faults and jobs out. */
export function drawOptions(seed: string, limits: SimulationLimits = {}): SimulationOptions {
  const random = new SeededRandom(`options/${seed}`);
  const zones = Array.from({ length: random.int(1, 5) }, () => random.pick(zoneNames));
  const hours = limits.hours ?? 24;
  return {
    seed,
    startAt: drawStart(random, zones, hours),
    hours,
    nodes:
      limits.nodes ??
      random.weighted([
        [2, 1],
        [2, 2],
        [4, 3],
        [1, 4],
        [1, 5],
        [1, 7],
      ]),
    jobs: random.int(1, limits.jobsMax ?? JOBS_MAX_DEFAULT),
    zones,
    timings: drawTimings(random),
    latencyMs: random.weighted([
      [3, { min: 0.2, max: 5 }],
      [1, { min: 1, max: 60 }],
      [1, { min: 5, max: 200 }],
    ]),
    faults: drawFaults(random),
    operationEveryMs: random.chance(0.8) ? random.logUniform(MINUTE, HOUR) : 0,
    settleMs: SETTLE_MS,
    oneHost: random.chance(0.3),
    clients: random.int(1, 2),
  };
}

/** Mostly a day on which the clock of one of the zones changes. */
function drawStart(random: SeededRandom, zones: readonly string[], hours: number): number {
  const from = Date.UTC(2025, 0, 1) + Math.floor(random.next() * 11 * 365 * DAY);
  const changes = oracleZone(random.pick(zones)).changes(from, from + 2 * 365 * DAY);
  const change = changes.length > 0 && random.chance(0.7) ? random.pick(changes) : null;
  if (change === null) return from;
  return Math.floor(change.at - random.next() * Math.max(0.5, hours - 1) * HOUR);
}

function drawTimings(random: SeededRandom): Timings {
  const leaseMs = random.pick([15_000, 15_000, 8000, 30_000]);
  return {
    ...defaultTimings,
    leaseMs,
    horizonMs: random.pick([2000, 2000, 5000, 10_000]),
    renewEveryMs: Math.floor(leaseMs / 3),
    reapEveryMs: random.pick([3000, 5000, 5000, 10_000]),
    pollEveryMs: random.pick([1000, 2000, 5000, 10_000]),
  };
}

function drawFaults(random: SeededRandom): FaultPlan {
  const mean = (probability: number, least: number, most: number): number | undefined =>
    random.chance(probability) ? random.logUniform(least, most) : undefined;
  const plan = {
    crash: mean(0.6, 10 * MINUTE, 5 * HOUR),
    pause: mean(0.5, 10 * MINUTE, 5 * HOUR),
    partition: mean(0.5, 10 * MINUTE, 5 * HOUR),
    storeDown: mean(0.3, HOUR, 12 * HOUR),
    callTrouble: mean(0.6, 10 * MINUTE, 5 * HOUR),
    oneCall: mean(0.5, MINUTE / 4, HOUR),
    restart: mean(0.4, 20 * MINUTE, 6 * HOUR),
    skew: mean(0.5, 20 * MINUTE, 6 * HOUR),
    clockForward: mean(0.15, 4 * HOUR, DAY),
    clockBack: mean(0.15, 4 * HOUR, DAY),
  };
  const given = Object.entries(plan).filter(([, value]) => value !== undefined);
  const kinds = callFaults.filter(() => random.chance(0.7));
  return { ...Object.fromEntries(given), callFaults: kinds.length > 0 ? kinds : callFaults };
}

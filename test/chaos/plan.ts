import { SeededRandom } from '../../packages/tickwork/src/testing/seeded-random.ts';
import { clockEpisode, findFaketime } from './episode-clock.ts';
import { diskEpisode } from './episode-disk.ts';
import { killEpisode } from './episode-kills.ts';
import { readonlyEpisode } from './episode-readonly.ts';
import type { Verdict } from './judge.ts';

export type EpisodeKind = 'kills' | 'disk' | 'readonly' | 'clock';

export interface EpisodePlan {
  /** Its place in the batch. */
  readonly index: number;
  readonly kind: EpisodeKind;
  readonly seed: string;
  readonly machines: number;
  readonly leaseMs: number;
  readonly kills: number;
  readonly stops: number;
  /** Times the clock is set. */
  readonly steps: number;
}

export interface EpisodeRecord {
  readonly plan: EpisodePlan;
  readonly durationMs: number;
  /** Why it was not run; `null`: it was. */
  readonly notRun: string | null;
  readonly verdict: Verdict | null;
  /** Everything that must not be; empty = passed. */
  readonly failures: readonly string[];
}

/** How often each fault is made. */
export interface Amounts {
  readonly kills: number;
  readonly stops: number;
  readonly disk: number;
  readonly readonly: number;
  readonly clock: number;
  /** Episodes with the default lease, besides. */
  readonly long: number;
}

const FAULTS_MAX = 12;
const STEPS_MAX = 6;
const SHORT_LEASE_MS = 2_000;
const DEFAULT_LEASE_MS = 15_000;
const LONG_KILLS = 6;

/** Deals faults out to episodes of about a dozen; equal amounts give equal plans. */
export function planEpisodes(amounts: Amounts, seed: number): EpisodePlan[] {
  const count = Math.ceil((amounts.kills + amounts.stops) / FAULTS_MAX);
  const short = { machines: 1, leaseMs: SHORT_LEASE_MS, kills: 0, stops: 0, steps: 0 };
  const plans: Omit<EpisodePlan, 'index' | 'seed'>[] = [];
  for (let i = 0; i < count; i++) {
    const kills = shareOf(amounts.kills, i, count);
    const stops = shareOf(amounts.stops, i, count);
    plans.push({ ...short, kind: 'kills', machines: 1 + (i % 2), kills, stops });
  }
  for (let i = 0; i < amounts.long; i++) {
    // A stop can take four leases, a minute here, so there is one.
    const faults = { leaseMs: DEFAULT_LEASE_MS, kills: LONG_KILLS, stops: 1 };
    plans.push({ ...short, ...faults, kind: 'kills', machines: 1 + (i % 2) });
  }
  for (let i = 0; i < amounts.disk; i++) plans.push({ ...short, kind: 'disk' });
  for (let i = 0; i < amounts.readonly; i++) plans.push({ ...short, kind: 'readonly' });
  const clocks = Math.ceil(amounts.clock / STEPS_MAX);
  for (let i = 0; i < clocks; i++) {
    plans.push({ ...short, kind: 'clock', machines: 2, steps: shareOf(amounts.clock, i, clocks) });
  }
  return plans.map((plan, index) => ({ index, seed: `${seed}/${index}`, ...plan }));
}

/** The i-th of `parts` nearly equal parts of a whole number. */
function shareOf(total: number, i: number, parts: number): number {
  return Math.floor(((i + 1) * total) / parts) - Math.floor((i * total) / parts);
}

/** Runs an episode; whatever goes wrong in it is its failure. */
export async function runEpisode(plan: EpisodePlan): Promise<EpisodeRecord> {
  const startedMs = performance.now();
  const done = (verdict: Verdict | null, failures: readonly string[], notRun: string | null) => {
    const durationMs = Math.round(performance.now() - startedMs);
    return { plan, durationMs, notRun, verdict, failures };
  };
  try {
    const verdict = await verdictOf(plan);
    if (typeof verdict === 'string') return done(null, [], verdict);
    return done(verdict, verdict.failures, null);
  } catch (error) {
    return done(null, [error instanceof Error ? error.message : String(error)], null);
  }
}

/** The verdict, or why the episode cannot be run here. */
async function verdictOf(plan: EpisodePlan): Promise<Verdict | string> {
  const random = new SeededRandom(plan.seed);
  switch (plan.kind) {
    case 'kills':
      return await killEpisode(plan, random);
    case 'disk':
      return await diskEpisode({ mounted: true });
    case 'readonly':
      return await readonlyEpisode();
    case 'clock': {
      const library = findFaketime();
      if (library === null) return 'libfaketime is not installed (Debian: libfaketime)';
      return await clockEpisode(library, plan.steps, random);
    }
    default:
      return plan.kind satisfies never;
  }
}

import type { ZoneData } from '../../core/ports/zone-data.ts';
import { type Quantiles, quantilesOf } from '../checker/quantiles.ts';
import type { Violation } from '../checker/violation.ts';
import { type CampaignVerdict, judgeCampaign } from './campaign-verdict.ts';
import type { SimulationLimits, SimulationOptions } from './draw-options.ts';
import { type SimulationResult, type SimulationSetup, simulate } from './simulate.ts';

export interface CampaignOptions {
  /** The first seed; the others follow. */
  readonly seed: number;
  readonly clusterDays: number;
  readonly zoneData: ZoneData;
  readonly limits?: SimulationLimits;
  /** Every n-th seed runs twice and must give the same history; default 10. */
  readonly repeatEvery?: number;
  readonly wrapStore?: SimulationSetup['wrapStore'];
  /** Told after each seed. */
  readonly onSeed?: (seed: number, result: SimulationResult, doneDays: number) => void;
  /** Ends the campaign after so many seeds with violations; default 5. */
  readonly failuresMax?: number;
}

export interface Failure {
  readonly seed: number;
  readonly violations: readonly Violation[];
  readonly defects: readonly string[];
  /** Two runs of the seed differ. */
  readonly diverged: boolean;
  /** All that the seed decided. */
  readonly options: SimulationOptions;
}

export interface CampaignResult {
  readonly verdict: CampaignVerdict;
  /** The verdict in a sentence. */
  readonly why: string;
  readonly seed: number;
  readonly seedCount: number;
  readonly clusterDays: number;
  readonly violations: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
  readonly reached: Readonly<Record<string, number>>;
  /** Situations and faults below their floor, in campaigns long enough to have one. */
  readonly notReached: readonly string[];
  readonly failures: readonly Failure[];
  readonly events: number;
  readonly mustCount: number;
  readonly mayCount: number;
  readonly startCount: number;
  readonly fencedOverlapCount: number;
  /** Starts that no fault held up, in ms after their instant. */
  readonly latenessMs: Quantiles;
  readonly repeatedSeeds: number;
}

const HOURS_PER_DAY = 24;

/** Simulates seed after seed until the wanted cluster-days have passed. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const totals = new Totals();
  const failuresMax = options.failuresMax ?? 5;
  let days = 0;
  let seed = options.seed;
  for (; days < options.clusterDays - 1e-9 && totals.failures.length < failuresMax; seed++) {
    const setup = setupOf(seed, options);
    const result = await simulate(setup);
    days += result.options.hours / HOURS_PER_DAY;
    const again = (seed - options.seed) % (options.repeatEvery ?? 10) === 0;
    const diverged = again && (await simulate(setup)).hash !== result.hash;
    if (again) totals.repeatedSeeds += 1;
    totals.add(seed, result, diverged);
    options.onSeed?.(seed, result, days);
  }
  return totals.finish(options.seed, seed - options.seed, days);
}

function setupOf(seed: number, options: CampaignOptions): SimulationSetup {
  const { zoneData, limits, wrapStore } = options;
  return {
    ...{ seed: String(seed), zoneData },
    ...(limits === undefined ? {} : { limits }),
    ...(wrapStore === undefined ? {} : { wrapStore }),
  };
}

class Totals {
  readonly failures: Failure[] = [];
  repeatedSeeds = 0;
  readonly #violations: Record<string, number> = {};
  readonly #faults: Record<string, number> = {};
  readonly #reached: Record<string, number> = {};
  readonly #lateness: number[] = [];
  #counts = { events: 0, mustCount: 0, mayCount: 0, startCount: 0, fencedOverlapCount: 0 };

  add(seed: number, result: SimulationResult, diverged: boolean): void {
    const { check, defects } = result;
    addCounts(this.#faults, check.faults);
    addCounts(this.#reached, check.reached);
    for (const { verdict } of check.violations) addCounts(this.#violations, { [verdict]: 1 });
    if (defects.length > 0) addCounts(this.#violations, { defect: defects.length });
    if (diverged) addCounts(this.#violations, { diverged: 1 });
    for (const ms of check.latenessMs) this.#lateness.push(ms);
    this.#counts.events += result.eventCount;
    for (const key of ['mustCount', 'mayCount', 'startCount', 'fencedOverlapCount'] as const) {
      this.#counts[key] += check[key];
    }
    if (check.violations.length === 0 && defects.length === 0 && !diverged) return;
    const { options } = result;
    this.failures.push({ seed, violations: check.violations, defects, diverged, options });
  }

  finish(seed: number, seedCount: number, clusterDays: number): CampaignResult {
    const { startCount } = this.#counts;
    const failureCount = this.failures.length;
    const met = { reached: this.#reached, faults: this.#faults };
    return {
      ...judgeCampaign({ clusterDays, failureCount, startCount, ...met }),
      ...{ seed, seedCount, clusterDays },
      violations: this.#violations,
      faults: this.#faults,
      reached: this.#reached,
      failures: this.failures,
      ...this.#counts,
      latenessMs: quantilesOf(this.#lateness),
      repeatedSeeds: this.repeatedSeeds,
    };
  }
}

function addCounts(to: Record<string, number>, counts: Readonly<Record<string, number>>): void {
  for (const [name, count] of Object.entries(counts)) to[name] = (to[name] ?? 0) + count;
}

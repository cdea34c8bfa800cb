import type { ZoneData } from '../../../tickwork/src/core/time/zone-data.ts';
import type { CampaignResult } from './campaign-result.ts';
import { CampaignTotals } from './campaign-totals.ts';
import type { SimulationLimits } from './draw-options.ts';
import { runSeed, type SeedOutcome } from './seed-outcome.ts';
import type { SimulationSetup } from './simulate.ts';

/** Simulates one seed, here or elsewhere; the same seed has the same outcome everywhere. */
export type SeedRunner = (seed: number, twice: boolean) => Promise<SeedOutcome>;

export interface CampaignPlan {
  /** The first seed; the others follow. */
  readonly seed: number;
  readonly clusterDays: number;
  readonly limits?: SimulationLimits;
  /** Every n-th seed runs twice and must give the same history; default 10. */
  readonly repeatEvery?: number;
  /** Ends the campaign after so many seeds with violations; default 5. */
  readonly failuresMax?: number;
  /** So many seeds are begun before the first of them must have ended; default 1. */
  readonly atOnce?: number;
  /** Told after each seed, in the order of the seeds. */
  readonly onSeed?: (outcome: SeedOutcome, doneDays: number) => void;
}

export interface CampaignOptions extends CampaignPlan {
  readonly zoneData: ZoneData;
  readonly wrapStore?: SimulationSetup['wrapStore'];
}

const HOURS_PER_DAY = 24;
const HOURS_DEFAULT = 24;

/** Simulates seed after seed in this process until the wanted cluster-days have passed. */
export async function runCampaign(options: CampaignOptions): Promise<CampaignResult> {
  const { zoneData, limits, wrapStore } = options;
  const setup = {
    ...{ zoneData },
    ...(limits === undefined ? {} : { limits }),
    ...(wrapStore === undefined ? {} : { wrapStore }),
  };
  return await runSeeds(options, (seed, twice) => runSeed(seed, setup, twice));
}

/**
 * Lets a runner simulate seed after seed, several at once if it can. What comes out depends
 * on the seeds alone, never on how many ran at once or which of them ended first.
 */
export async function runSeeds(plan: CampaignPlan, run: SeedRunner): Promise<CampaignResult> {
  const { failuresMax = 5, repeatEvery = 10, atOnce = 1 } = plan;
  const hours = plan.limits?.hours ?? HOURS_DEFAULT;
  const seedCount = Math.ceil((plan.clusterDays * HOURS_PER_DAY) / hours - 1e-9);
  const totals = new CampaignTotals();
  const begun: Promise<SeedOutcome>[] = [];
  let next = 0;
  while (totals.seedCount < seedCount && totals.failures.length < failuresMax) {
    for (; next < seedCount && begun.length < atOnce; next++) {
      const outcome = run(plan.seed + next, next % repeatEvery === 0);
      // Told when its turn comes; what was begun beyond the last one counts for nothing.
      outcome.catch(() => {});
      begun.push(outcome);
    }
    const outcome = await begun.shift();
    if (outcome === undefined) break;
    totals.add(outcome);
    plan.onSeed?.(outcome, totals.hours / HOURS_PER_DAY);
  }
  return totals.finish(plan.seed, totals.hours / HOURS_PER_DAY);
}

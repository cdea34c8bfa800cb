import type { Quantiles } from '../checker/quantiles.ts';
import type { CampaignVerdict } from './campaign-verdict.ts';
import type { SeedCounts, SeedOutcome } from './seed-outcome.ts';

export interface CampaignResult extends SeedCounts {
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
  /** The seeds that broke a promise or differ from themselves. */
  readonly failures: readonly SeedOutcome[];
  /** Starts that no fault held up, in ms after their instant. */
  readonly latenessMs: Quantiles;
  readonly repeatedSeeds: number;
}

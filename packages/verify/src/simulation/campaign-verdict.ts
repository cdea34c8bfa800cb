export type CampaignVerdict = 'valid' | 'invalid' | 'short' | 'unknown';

export interface CampaignFacts {
  readonly clusterDays: number;
  readonly failureCount: number;
  readonly startCount: number;
  /** How often each situation was gone through, and each kind of fault was met. */
  readonly reached: Readonly<Record<string, number>>;
  readonly faults: Readonly<Record<string, number>>;
}

export interface CampaignJudgement {
  readonly verdict: CampaignVerdict;
  /** One sentence. */
  readonly why: string;
  /** Situations and `fault …` kinds below their floor, in campaigns long enough to have one. */
  readonly notReached: readonly string[];
}

/** From so many cluster-days on, everything must have been met often enough. */
export const FLOOR_DAYS = 500;
/** How often, per cluster-day. */
const FLOOR_PER_DAY = 0.1;

/**
 * What a campaign proves. `valid` takes more than a clean result: one in which nothing
 * happened, or in which a situation hardly arose, is `unknown`; one too short to say is
 * `short`.
 */
export function judgeCampaign(facts: CampaignFacts): CampaignJudgement {
  const { clusterDays, failureCount, startCount } = facts;
  const floor = clusterDays >= FLOOR_DAYS ? clusterDays * FLOOR_PER_DAY : 0;
  const notReached = [
    ...below(facts.reached, floor),
    ...below(facts.faults, floor).map((kind) => `fault ${kind}`),
  ];
  if (failureCount > 0) {
    const why = `${failureCount} seeds broke a promise`;
    return { verdict: 'invalid', why, notReached };
  }
  if (startCount === 0) {
    return { verdict: 'unknown', why: 'no task was ever started', notReached };
  }
  if (notReached.length > 0) {
    const why = `less than ${floor} times: ${notReached.join(', ')}`;
    return { verdict: 'unknown', why, notReached };
  }
  if (clusterDays < FLOOR_DAYS) {
    const why = `no promise was broken, in less than ${FLOOR_DAYS} cluster-days`;
    return { verdict: 'short', why, notReached };
  }
  const why = 'no promise was broken, and every situation and fault was met often enough';
  return { verdict: 'valid', why, notReached };
}

function below(counts: Readonly<Record<string, number>>, floor: number): string[] {
  return Object.keys(counts).filter((name) => (counts[name] ?? 0) < floor);
}

import type { Violation } from '../checker/violation.ts';
import type { SimulationOptions } from './draw-options.ts';
import { type SimulationResult, type SimulationSetup, simulate } from './simulate.ts';

/** What one seed came to. Plain data: it may come from another process or from a file. */
export interface SeedOutcome {
  readonly seed: number;
  /** All that the seed decided. */
  readonly options: SimulationOptions;
  readonly violations: readonly Violation[];
  readonly defects: readonly string[];
  /** It was run twice. */
  readonly repeated: boolean;
  /** Two runs of the seed differ. */
  readonly diverged: boolean;
  readonly faults: Readonly<Record<string, number>>;
  readonly reached: Readonly<Record<string, number>>;
  readonly counts: SeedCounts;
  /** How many starts that no fault held up were how late: `[tenths of a ms, starts]`. */
  readonly lateness: readonly (readonly [number, number])[];
}

export interface SeedCounts {
  readonly events: number;
  readonly mustCount: number;
  readonly mayCount: number;
  readonly startCount: number;
  readonly fencedOverlapCount: number;
}

/** Simulates a seed, `twice` on demand, to see that it gives the same history again. */
export async function runSeed(
  seed: number,
  setup: Omit<SimulationSetup, 'seed'>,
  twice: boolean,
): Promise<SeedOutcome> {
  const result = await simulate({ ...setup, seed: String(seed) });
  const again = twice ? await simulate({ ...setup, seed: String(seed) }) : result;
  return outcomeOf(seed, result, { repeated: twice, diverged: again.hash !== result.hash });
}

function outcomeOf(
  seed: number,
  { check, defects, options, eventCount }: SimulationResult,
  again: Pick<SeedOutcome, 'repeated' | 'diverged'>,
): SeedOutcome {
  const { mustCount, mayCount, startCount, fencedOverlapCount } = check;
  return {
    ...{ seed, options, violations: check.violations, defects, ...again },
    ...{ faults: check.faults, reached: check.reached },
    counts: { events: eventCount, mustCount, mayCount, startCount, fencedOverlapCount },
    lateness: tenthsOf(check.latenessMs),
  };
}

function tenthsOf(latenessMs: readonly number[]): [number, number][] {
  const counts = new Map<number, number>();
  for (const ms of latenessMs) {
    const tenths = Math.round(ms * 10);
    counts.set(tenths, (counts.get(tenths) ?? 0) + 1);
  }
  return [...counts].sort(([a], [b]) => a - b);
}

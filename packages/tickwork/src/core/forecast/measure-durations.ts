import type { Run } from '../model/run.ts';
import type { DurationMs } from '../time/instant.ts';

/** What the kept runs of a job took; attempts that failed count too. */
export interface DurationFigures {
  readonly runCount: number;
  readonly meanMs: DurationMs;
  /** What 95 of 100 runs took at most. */
  readonly p95Ms: DurationMs;
}

/** Fewer runs than this say nothing. */
const RUNS_MIN = 5;

/** Figures over the last attempts of finished runs; `null` if there are fewer than five. */
export function measureDurations(
  runs: readonly Pick<Run, 'state' | 'startedAt' | 'endedAt'>[],
): DurationFigures | null {
  const lengths = runs
    .filter(({ state }) => state === 'SUCCESS' || state === 'FAILED')
    .flatMap(({ startedAt, endedAt }) =>
      startedAt === null || endedAt === null ? [] : [Math.max(0, endedAt - startedAt)],
    )
    .sort((a, b) => a - b);
  if (lengths.length < RUNS_MIN) return null;
  const total = lengths.reduce((sum, ms) => sum + ms, 0);
  // The nearest rank: the smallest that is not exceeded by more than 5 of 100.
  const p95Ms = lengths[Math.ceil(lengths.length * 0.95) - 1] ?? 0;
  return { runCount: lengths.length, meanMs: total / lengths.length, p95Ms };
}

import { triggerNeeds } from '../trigger/trigger-needs.ts';
import type { ForecastJob, JobForecast } from './forecast-job.ts';

/** What a forecast cannot know, and what it takes for granted instead. */
export interface ForecastUnknown {
  readonly kind: 'check' | 'failure' | 'startup' | 'retry';
  readonly jobCount: number;
  /** The first ten. */
  readonly jobNames: readonly string[];
  /** One English sentence. */
  readonly message: string;
}

const NAMES_MAX = 10;

const messages: Readonly<Record<ForecastUnknown['kind'], string>> = {
  check: 'What their checks (onlyIf) will say cannot be known; each is taken to say yes.',
  failure: 'Whether other jobs fail cannot be known; what follows failures is not counted.',
  startup: 'When nodes start cannot be known; runs at a start are not counted.',
  retry: 'Their runs reach the timeout; retries and what else follows a failure are not counted.',
};

/** What cannot be known about jobs, of which `forecasts` tells the rest; in the same order. */
export function unknownsOf(
  jobs: readonly ForecastJob[],
  forecasts: readonly JobForecast[],
): readonly ForecastUnknown[] {
  const named: Record<ForecastUnknown['kind'], string[]> = {
    ...{ check: [], failure: [], startup: [], retry: [] },
  };
  for (const [i, { name, spec, policies }] of jobs.entries()) {
    const needs = triggerNeeds(spec);
    if (policies.onlyIf !== undefined) named.check.push(name);
    if (needs.afterJobs.some(({ on }) => on !== 'success')) named.failure.push(name);
    if (needs.startup !== null) named.startup.push(name);
    const follows = policies.retry.attemptsMax > 0 || policies.onFailure !== undefined;
    if (follows && (forecasts[i]?.timeoutCount ?? 0) > 0) named.retry.push(name);
  }
  return (['check', 'failure', 'startup', 'retry'] as const)
    .filter((kind) => named[kind].length > 0)
    .map((kind) => ({
      ...{ kind, jobCount: named[kind].length, jobNames: named[kind].slice(0, NAMES_MAX) },
      message: messages[kind],
    }));
}

import { closestWord } from '../base/closest-word.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import { triggerNeeds } from '../trigger/trigger-needs.ts';

/** A job that runs after a name that no job has. */
export interface UnknownUpstream {
  readonly jobName: string;
  /** The name after which it runs. */
  readonly upstream: string;
  /** A job whose name resembles it, or `null`. */
  readonly meant: string | null;
}

interface Named {
  readonly name: string;
  readonly definition: { readonly trigger: TriggerSpec };
}

/** The names of jobs after which some of `jobs` run, each once. */
export function upstreamNames(jobs: readonly Named[]): readonly string[] {
  return [...new Set(jobs.flatMap(upstreamOf))];
}

/** What runs after names that are not among `known`, in the order of `jobs`. Pure. */
export function unknownUpstreams(
  jobs: readonly Named[],
  known: ReadonlySet<string>,
): readonly UnknownUpstream[] {
  return jobs.flatMap((job) =>
    upstreamOf(job)
      .filter((upstream) => !known.has(upstream))
      .map((upstream) => ({
        jobName: job.name,
        upstream,
        meant: closestWord(upstream, [...known]),
      })),
  );
}

/** One English sentence, and what to do. */
export function unknownUpstreamText({ upstream, meant }: UnknownUpstream): {
  readonly message: string;
  readonly remedy: string;
} {
  return {
    message: `It runs after ${JSON.stringify(upstream)}, and no job has that name: it never runs.`,
    remedy:
      meant === null ? 'Mend the name, or add that job.' : `Did you mean ${JSON.stringify(meant)}?`,
  };
}

function upstreamOf({ definition: { trigger } }: Named): readonly string[] {
  // Nearly all of a long list.
  if (trigger.kind !== 'after' && trigger.kind !== 'any') return [];
  return [...new Set(triggerNeeds(trigger).afterJobs.map((each) => each.job))];
}

import type { JobDefinition } from '../model/job.ts';
import type { TriggerMemory } from '../model/trigger-memory.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import { comingInstants, resumed, type Standing } from '../planner/outlook.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import type { ZoneTable } from '../time/zone-table.ts';
import { advanceMemory } from '../trigger/advance-memory.ts';
import type { Trigger } from '../trigger/trigger.ts';

export type LintSeverity = 'error' | 'warning' | 'note';

/** One job as the rules see it. */
export interface LintJob {
  readonly name: string;
  readonly definition: JobDefinition;
  readonly trigger: Trigger;
  readonly memory: TriggerMemory;
  /** What was set about it. Lint looks at the job as it is when it is resumed. */
  readonly standing: Standing;
  /** What 95 of 100 runs take at most; `null` = not known. */
  readonly durationMsP95: DurationMs | null;
}

export interface LintFacts {
  readonly now: Instant;
  readonly zones: ZoneTable;
  /** Every job that is known, also those that are not looked at. */
  readonly jobNames: ReadonlySet<string>;
  /** Compiles any form of a trigger under a job's name. */
  readonly compile: (spec: TriggerSpec, jobName: string) => Trigger;
}

/** What a rule found. */
export interface LintHit {
  /** The place below the job: `['input', 'password']`. */
  readonly path: readonly (string | number)[];
  /** One or two English sentences. */
  readonly message: string;
  /** What to do. */
  readonly remedy: string;
  /** The instants it is about, the first few. */
  readonly instantsAt?: readonly Instant[];
  /** Where it differs from the rule's own. */
  readonly severity?: LintSeverity;
}

/** One rule: one file, one line in the list. */
export interface LintRule {
  /** Stable, for switching it off: `no-timeout`. */
  readonly id: string;
  readonly severity: LintSeverity;
  /** What it finds, in one English sentence. */
  readonly summary: string;
  /** Why that matters; Markdown. */
  readonly reason: string;
  /** What to do in general; Markdown. What was found has its own. */
  readonly remedy: string;
  /** The lines of a configuration file in which it finds something. */
  readonly example: readonly string[];
  check(job: LintJob, facts: LintFacts): readonly LintHit[];
}

/** A rule about all jobs together. */
export interface LintSetRule extends Omit<LintRule, 'check'> {
  checkAll(jobs: readonly LintJob[], facts: LintFacts): readonly LintHit[];
}

/** The coming instants of a job that are not passed over, at most `limit`, up to `untilAt`. */
export function coming(
  job: LintJob,
  facts: LintFacts,
  { limit, untilAt }: { readonly limit: number; readonly untilAt: Instant },
): readonly Instant[] {
  const advance = advanceMemory.bind(null, job.trigger);
  const from = { after: facts.now, memory: job.memory };
  const found: Instant[] = [];
  let looked = 0;
  for (const { at, mark } of comingInstants({ ...job, advance }, resumed(job.standing), from)) {
    if (at > untilAt || found.length >= limit || looked++ >= LOOKED_MAX) break;
    if (mark === 'will-run') found.push(at);
  }
  return found;
}

/** Looked at until enough are found; a window may hide more. */
const LOOKED_MAX = 100_000;

const SAMPLES = 64;

/** The shortest of the next distances between two instants; `null` if there are not two. */
export function shortestSpacing(job: LintJob, facts: LintFacts): DurationMs | null {
  const instants = coming(job, facts, { limit: SAMPLES, untilAt: Number.MAX_SAFE_INTEGER });
  let shortest: DurationMs | null = null;
  for (const [i, at] of instants.entries()) {
    const before = instants[i - 1];
    if (before !== undefined) shortest = Math.min(shortest ?? at - before, at - before);
  }
  return shortest;
}

/** The trigger's members, or itself. */
export function partsOf(spec: TriggerSpec): readonly TriggerSpec[] {
  return spec.kind === 'any' ? spec.of : [spec];
}

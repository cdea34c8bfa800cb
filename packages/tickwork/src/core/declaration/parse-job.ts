import { nameProblem } from '../base/check-name.ts';
import { RecentMap } from '../base/recent-map.ts';
import type { JobDefinition, JobSource } from '../model/job.ts';
import type { Policies } from '../model/policy.ts';
import type { TaskSpec } from '../model/task-spec.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import type { ZoneTable } from '../time/zone-table.ts';
import { parseTrigger } from '../trigger/parse-trigger.ts';
import type { TriggerInput } from '../trigger/trigger-input.ts';
import { triggerNeeds } from '../trigger/trigger-needs.ts';
import { alikeText } from './alike-text.ts';
import type { Declared } from './decide-save.ts';
import type { Pools } from './parse-limits.ts';
import { parsePolicies, policyKeys } from './parse-policies.ts';
import { parseTask } from './parse-task.ts';
import { refuse } from './read-fields.ts';
import { requireJson } from './require-json.ts';

/** What a declaration says, but for its name. */
type Read = Omit<Declared, 'name'>;

/** What the declarations of a list have said so far; see `ParseJobEnv.known`. */
type KnownDeclarations = RecentMap<string, Read>;

export function knownDeclarations(): KnownDeclarations {
  return new RecentMap<string, Read>(KNOWN_MAX);
}

export interface ParseJobEnv {
  /** The zone of jobs that name none. */
  readonly zone: string;
  readonly zones: ZoneTable;
  readonly now: Instant;
  readonly policies: Policies;
  /** The sizes of pools by name; absent = none. */
  readonly pools?: Pools;
  readonly source: JobSource;
  /** Where the job stands, for messages: `jobs.backup`. */
  readonly field: string;
  /** Asks the task's kind; throws if the task is wrong. */
  readonly checkTask: (task: TaskSpec, field: string) => void;
  /**
   * Declarations that were read in this environment, `now` and `field` aside: those that say
   * the same, as most of a long list do, are read once and share it. Absent = none do.
   */
  readonly known?: KnownDeclarations;
}

/** The keys of a job that are neither policies nor trigger keys. */
export const jobKeys = [
  'trigger',
  'task',
  'script',
  'input',
  'tags',
  'description',
  'status',
] as const;

const TAGS_MAX = 50;
/** Declarations that differ from each other. */
const KNOWN_MAX = 5_000;
const TEXT_CHARACTERS_MAX = 10_000;

/**
 * Checks a job as users write it and completes it with every default. Throws a
 * TickworkError that names the field; nothing is stored.
 */
export function parseJob(name: string, input: unknown, env: ParseJobEnv): Declared {
  checkName(name, env.field);
  const { known } = env;
  const text = known === undefined ? null : alikeText(input);
  if (known === undefined || text === null) return { name, ...readJob(input, env) };
  const key = `${env.now}|${text}`;
  let read = known.get(key);
  if (read === undefined) {
    read = readJob(input, env);
    known.set(key, read);
  }
  return { name, ...read };
}

function readJob(input: unknown, env: ParseJobEnv): Read {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    refuse(env.field, input, 'must be an object with a trigger and a task.');
  }
  const values = input as Record<string, unknown>;
  const task = parseTask(values, env.field);
  env.checkTask(task, `${env.field}.${values.script === undefined ? 'task' : 'script'}`);
  const trigger = parseTrigger(triggerInputOf(values, env.field), {
    zone: env.zone,
    zones: env.zones,
    now: env.now,
    field: values.trigger === undefined ? env.field : `${env.field}.trigger`,
  });
  const policies = parsePolicies(values, env.policies, env.field, env.pools);
  if (policies.onlyIf !== undefined) env.checkTask(policies.onlyIf, `${env.field}.onlyIf`);
  const definition: JobDefinition = {
    trigger,
    task,
    input: requireJson(values.input, `${env.field}.input`, 'INVALID_JOB'),
    policies,
    tags: parseTags(values.tags, `${env.field}.tags`),
    description: parseText(values.description, `${env.field}.description`),
  };
  const needs = triggerNeeds(trigger);
  return {
    definition,
    status: parseStatus(values.status, `${env.field}.status`),
    source: env.source,
    declaredAt: env.now,
    eventDriven: needs.startup !== null || needs.afterJobs.length > 0,
    rearmAfterMs: delayFromEnd(trigger),
  };
}

/** The shortest delay of a trigger (or a member of a union) that counts from the end of a run. */
export function delayFromEnd(trigger: TriggerSpec): DurationMs | null {
  if (trigger.kind === 'fixed-delay') return trigger.delayMs;
  if (trigger.kind !== 'any') return null;
  const delays = trigger.of.flatMap((member) => delayFromEnd(member) ?? []);
  return delays.length === 0 ? null : Math.min(...delays);
}

function triggerInputOf(values: Readonly<Record<string, unknown>>, field: string): TriggerInput {
  const own: readonly string[] = [...jobKeys, ...policyKeys];
  const rest = Object.entries(values).filter(([key]) => !own.includes(key));
  if (values.trigger === undefined) return Object.fromEntries(rest) as unknown as TriggerInput;
  if (rest.length > 0) {
    const keys = rest.map(([key]) => key).join(', ');
    refuse(field, keys, 'stands beside trigger.', 'Move it into trigger, or leave trigger out.');
  }
  return values.trigger as TriggerInput;
}

function checkName(name: string, field: string): void {
  const problem = nameProblem(name);
  if (problem !== null) refuse(field, name, problem.reason, problem.remedy);
}

function parseTags(value: unknown, field: string): readonly string[] {
  if (value === undefined) return [];
  if (!Array.isArray(value) || value.length > TAGS_MAX) {
    refuse(field, value, `must be a list of at most ${TAGS_MAX} texts.`);
  }
  return value.map((tag: unknown, index) => {
    const problem = nameProblem(tag);
    return problem === null
      ? (tag as string)
      : refuse(`${field}[${index}]`, tag, problem.reason, problem.remedy);
  });
}

function parseText(value: unknown, field: string): string {
  if (value === undefined) return '';
  if (typeof value === 'string' && value.length <= TEXT_CHARACTERS_MAX) return value;
  return refuse(field, value, `must be text of at most ${TEXT_CHARACTERS_MAX} characters.`);
}

function parseStatus(value: unknown, field: string): 'active' | 'disabled' {
  if (value === undefined || value === 'active') return 'active';
  if (value === 'disabled') return 'disabled';
  return refuse(field, value, 'is none of active, disabled.', 'Pause a job with jobs pause.');
}

import { TickworkError } from '../model/errors.ts';
import type { JobDefinition, JobSource, TaskSpec } from '../model/job.ts';
import type { Json, JsonObject } from '../model/json.ts';
import type { Policies } from '../model/policy.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import type { ZoneTable } from '../time/zone-table.ts';
import { parseTrigger } from '../trigger/parse-trigger.ts';
import type { TriggerSpec } from '../trigger/spec.ts';
import type { TriggerInput } from '../trigger/trigger-input.ts';
import { triggerNeeds } from '../trigger/trigger-needs.ts';
import type { Declared } from './decide-save.ts';
import type { Pools } from './parse-limits.ts';
import { parsePolicies, policyKeys } from './parse-policies.ts';
import { refuse } from './read-fields.ts';

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
}

/** The keys of a job that are neither policies nor trigger keys. */
export const jobKeys = [
  'trigger',
  'task',
  'script',
  'input',
  'onlyIf',
  'tags',
  'description',
  'status',
] as const;

const NAME_CHARACTERS_MAX = 200;
const INPUT_CHARACTERS_MAX = 262_144;
const TAGS_MAX = 50;
const TEXT_CHARACTERS_MAX = 10_000;

/**
 * Checks a job as users write it and completes it with every default. Throws a
 * TickworkError that names the field; nothing is stored.
 */
export function parseJob(name: string, input: unknown, env: ParseJobEnv): Declared {
  checkName(name, env.field);
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
  const definition: JobDefinition = {
    trigger,
    task,
    input: jsonOf(values.input ?? null, `${env.field}.input`),
    policies: {
      ...parsePolicies(values, env.policies, env.field, env.pools),
      ...parseCheck(values.onlyIf, env),
    },
    tags: parseTags(values.tags, `${env.field}.tags`),
    description: parseText(values.description, `${env.field}.description`),
  };
  const needs = triggerNeeds(trigger);
  return {
    name,
    definition,
    status: parseStatus(values.status, `${env.field}.status`),
    source: env.source,
    declaredAt: env.now,
    eventDriven: needs.startup !== null || needs.afterJobs.length > 0,
    rearmAfterMs: delayFromEnd(trigger),
  };
}

function parseCheck(value: unknown, env: ParseJobEnv): Pick<Policies, 'onlyIf'> {
  if (value === undefined) return {};
  const field = `${env.field}.onlyIf`;
  const onlyIf = taskOf(value, field);
  env.checkTask(onlyIf, field);
  return { onlyIf };
}

/** The shortest delay of a trigger (or a member of a union) that counts from the end of a run. */
export function delayFromEnd(trigger: TriggerSpec): DurationMs | null {
  if (trigger.kind === 'fixed-delay') return trigger.delayMs;
  if (trigger.kind !== 'any') return null;
  const delays = trigger.of.flatMap((member) => delayFromEnd(member) ?? []);
  return delays.length === 0 ? null : Math.min(...delays);
}

/** A task as users write it: a function's name, `{script: path, …}`, or `{kind, name, …}`. */
export function parseTask(values: Readonly<Record<string, unknown>>, field: string): TaskSpec {
  const { task, script } = values;
  if (script !== undefined && task !== undefined) {
    refuse(field, undefined, 'has both a task and a script.', 'Keep one of them.');
  }
  if (script !== undefined) return scriptTask(script, `${field}.script`);
  return taskOf(task, `${field}.task`);
}

export function taskOf(task: unknown, field: string): TaskSpec {
  if (typeof task === 'string' && task !== '') return { kind: 'function', name: task, options: {} };
  if (typeof task === 'object' && task !== null && !Array.isArray(task)) {
    const values = task as Record<string, unknown>;
    if (values.script !== undefined) {
      const { script, ...rest } = values;
      return scriptTask({ path: script, ...rest }, `${field}.script`);
    }
    const { kind, name = '', ...options } = values;
    if (typeof kind === 'string' && typeof name === 'string') {
      return { kind, name, options: jsonOf(options, field) as JsonObject };
    }
  }
  return refuse(field, task, 'is no task.', "Write a task's name, or script: with a path.");
}

function scriptTask(script: unknown, field: string): TaskSpec {
  if (typeof script === 'string') return { kind: 'script', name: '', options: { path: script } };
  if (typeof script !== 'object' || script === null || Array.isArray(script)) {
    refuse(field, script, 'must be a path or an object with a path.');
  }
  return { kind: 'script', name: '', options: jsonOf(script, field) as JsonObject };
}

/** A value that JSON keeps as it is. Throws INVALID_JOB naming the part that it would lose. */
export function jsonOf(value: unknown, field: string): Json {
  let text: string | undefined;
  try {
    text = JSON.stringify(value, (key, part: unknown) => {
      if (typeof part === 'bigint' || typeof part === 'function' || typeof part === 'symbol') {
        return refuse(
          key === '' ? field : `${field}.${key}`,
          typeof part,
          'cannot be kept as JSON.',
        );
      }
      return part;
    });
  } catch (error) {
    if (error instanceof TickworkError) throw error;
    refuse(field, undefined, 'cannot be kept as JSON.', 'Use plain objects without cycles.');
  }
  if (text === undefined) return null;
  if (text.length > INPUT_CHARACTERS_MAX) {
    refuse(field, undefined, `is larger than ${INPUT_CHARACTERS_MAX} characters of JSON.`);
  }
  return JSON.parse(text) as Json;
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
  const fits = name.length >= 1 && name.length <= NAME_CHARACTERS_MAX && name.trim() === name;
  // Control characters would break lines of logs and tables.
  if (fits && !/\p{Cc}/u.test(name)) return;
  const length = `must have 1 to ${NAME_CHARACTERS_MAX} characters`;
  refuse(field, name, `${length}, no control characters and no space at its ends.`);
}

function parseTags(value: unknown, field: string): readonly string[] {
  if (value === undefined) return [];
  const fits = Array.isArray(value) && value.length <= TAGS_MAX;
  if (fits && value.every((tag) => typeof tag === 'string' && tag !== '')) return value;
  return refuse(field, value, `must be a list of at most ${TAGS_MAX} texts.`);
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

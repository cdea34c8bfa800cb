import { TickworkError } from '../base/errors.ts';
import type { Json, JsonObject } from '../base/json.ts';
import type { TaskSpec } from '../model/task-spec.ts';
import { refuse } from './read-fields.ts';

const INPUT_CHARACTERS_MAX = 262_144;

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

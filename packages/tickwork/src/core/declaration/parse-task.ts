import type { JsonObject } from '../base/json.ts';
import type { TaskSpec } from '../model/task-spec.ts';
import { refuse } from './read-fields.ts';
import { requireJson } from './require-json.ts';

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
      return { kind, name, options: requireJson(options, field, 'INVALID_JOB') as JsonObject };
    }
  }
  return refuse(field, task, 'is no task.', "Write a task's name, or script: with a path.");
}

function scriptTask(script: unknown, field: string): TaskSpec {
  if (typeof script === 'string') return { kind: 'script', name: '', options: { path: script } };
  if (typeof script !== 'object' || script === null || Array.isArray(script)) {
    refuse(field, script, 'must be a path or an object with a path.');
  }
  return {
    kind: 'script',
    name: '',
    options: requireJson(script, field, 'INVALID_JOB') as JsonObject,
  };
}

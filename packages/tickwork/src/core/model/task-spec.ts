import type { JsonObject } from '../base/json.ts';

/** What is to be done: a task kind and what that kind needs to know. */
export interface TaskSpec {
  /** `function`, `script`, or the name of a plugin's kind. */
  readonly kind: string;
  /** Which handler of the kind, such as the function's name; `''` where the kind has but one. */
  readonly name: string;
  /** The kind's own options, such as `{path, args}` of a script. */
  readonly options: JsonObject;
}

/** The key under which nodes claim runs of a task: `function:backup`, `script`. */
export function handlerKey(task: { readonly kind: string; readonly name: string }): string {
  return task.name === '' ? task.kind : `${task.kind}:${task.name}`;
}

import type { Json, JsonForm, JsonGiven, JsonSafe } from '../base/json.ts';
import type { TaskHandler } from '../ports/task-handler.ts';

/**
 * Tasks by name, as the compiler knows them: `typeof tasks` of `defineTasks`, or an interface for
 * programs that only enqueue. Nothing of it exists when the program runs.
 */
export type TaskMap<Tasks> = { readonly [Name in keyof Tasks]: TaskHandler<never> };

/** Tasks of any name, with any input that JSON keeps: nothing is known of them. */
export interface AnyTasks {
  readonly [name: string]: TaskHandler;
}

/** True for `AnyTasks`. */
type AreAny<Tasks> = string extends keyof Tasks ? true : false;

/** The names of the tasks. */
export type TaskName<Tasks> = Extract<keyof Tasks, string>;

/** The input of a task by its name; where JSON would change a part of it, that part is `never`. */
export type InputOf<Tasks, Task> = Task extends keyof Tasks ? InputOfHandler<Tasks[Task]> : Json;

type InputOfHandler<Handler> = Handler extends (input: infer Input, ...rest: never) => unknown
  ? unknown extends Input
    ? Json
    : Input extends JsonSafe<Input>
      ? Input
      : JsonSafe<Input>
  : never;

/** The result of a task by its name, as it is read back. `false` and errors are failures. */
export type ResultOf<Tasks, Task> = Task extends keyof Tasks ? ResultOfHandler<Tasks[Task]> : Json;

type ResultOfHandler<Handler> = Handler extends (...args: never) => infer Result
  ? JsonForm<Exclude<Awaited<Result>, false | Error>>
  : never;

/** A task that is no function of the program, as `task` of a job or of `enqueue`. */
export type TaskObject = ScriptTask | KindTask;

/** `{ script: 'backup.sh', args: ['--full'] }` */
export interface ScriptTask extends ScriptSettings {
  /** Absolute below a root of `scripts`, or relative to one. */
  readonly script: string;
}

/** A task of a kind that a plugin brings: `{ kind: 'http', url: 'https://…' }`. */
export interface KindTask {
  readonly kind: string;
  /** Which handler of the kind, where it has several. */
  readonly name?: string;
  readonly [option: string]: Json | undefined;
}

/** A script as `script` of a job: its path, or its path or text with settings. */
export type ScriptInput =
  | string
  | (ScriptSettings & { readonly path: string; readonly inline?: never; readonly shell?: never })
  | (ScriptSettings & {
      /** The script itself, where `scripts.inline` allows it. */
      readonly inline: string;
      /** Default `bash`. */
      readonly shell?: 'bash' | 'sh';
      readonly path?: never;
    });

interface ScriptSettings {
  readonly args?: readonly string[];
  /** The working directory below a root; default: the root of the script. */
  readonly cwd?: string;
  /** Variables that `scripts.env` lets jobs set. */
  readonly env?: Readonly<Record<string, string>>;
  /** The name of an interpreter; default: by the ending of the file. */
  readonly interpreter?: string;
}

/**
 * What stands for `input` where a task is named: its own type, or for tasks that nothing is known
 * of, any `Input` that JSON keeps.
 */
export type GivenInput<Tasks, Task, Input> =
  AreAny<Tasks> extends true ? JsonGiven<Input> : Task extends string ? InputOf<Tasks, Task> : Json;

/** `true` if a task does without its input: `null` is its input, then. */
type MayLackInput<Tasks, Task> =
  AreAny<Tasks> extends true
    ? true
    : Task extends string
      ? null extends InputOf<Tasks, Task>
        ? true
        : false
      : true;

/** The member `input` of a job, or the like; required where the task cannot do without. */
export type InputMember<Tasks, Task, Input> =
  AreAny<Tasks> extends true
    ? AnyInputMember<Input>
    : MayLackInput<Tasks, Task> extends true
      ? { readonly input?: GivenInput<Tasks, Task, Input> }
      : { readonly input: GivenInput<Tasks, Task, Input> };

/**
 * An input that JSON keeps. The member has `Input` itself as its type, from which alone the
 * compiler infers an input that is a union; what JSON would change is refused beside it.
 */
export type AnyInputMember<Input> = { readonly input?: Input } & ([Input] extends [JsonSafe<Input>]
  ? unknown
  : { readonly input?: NoInfer<JsonSafe<Input>> });

/**
 * The arguments of a call that follow a task: its input and the options of the call. Two lists,
 * not optional members: from those the compiler would infer a part of an input that is a union.
 */
export type InputArguments<Tasks, Task, Input, Options> =
  MayLackInput<Tasks, Task> extends true
    ? [] | [input: GivenInput<Tasks, Task, Input>, options?: Options]
    : [input: GivenInput<Tasks, Task, Input>, options?: Options];

/** The handler that is registered under a name. */
export type HandlerOf<Tasks, Name extends keyof Tasks, Input> =
  AreAny<Tasks> extends true ? TaskHandler<Input> : Tasks[Name];

import type { Json } from '../base/json.ts';
import type { PoliciesInput } from '../declaration/parse-policies.ts';
import type { EnqueueOutcome } from '../ports/run-store.ts';
import type { Instant } from '../time/instant.ts';

export interface EnqueueOptions {
  /** When it may start; default now. Epoch ms, Date or ISO text. */
  readonly runAt?: Instant | Date | string;
  /** How long from now it may start: ms or text such as `90s`. Not beside `runAt`. */
  readonly delay?: number | string;
  /** −100..100, larger first; default 0. */
  readonly priority?: number;
  /**
   * While a run of the same task with this key is live, enqueueing it again answers with that run;
   * the key is free again when the run has ended. 1 to 500 characters; other tasks may use it too.
   */
  readonly key?: string;
  /** Repeating a call with the same id stores nothing new. Default: a fresh one. */
  readonly requestId?: string;
  readonly policies?: PoliciesInput;
}

/** Like `EnqueueOptions`, for all inputs alike. */
export interface EnqueueManyOptions extends Omit<EnqueueOptions, 'key' | 'requestId'> {
  /** One for each input, in their order. Default: fresh ones. */
  readonly requestIds?: readonly string[];
}

/** Stands in no value: it lets the compiler remember what a run's task gives. */
declare const resultOf: unique symbol;

/** The id of a run, a text. Its type knows the type of the result, for `waitFor`. */
export type RunId<Result = Json> = string & { readonly [resultOf]: Result };

/** The type of a run's result, by the type of its id; of a plain text: any JSON. */
export type ResultOfRun<Id> = Id extends { readonly [resultOf]: infer Result } ? Result : Json;

/** What `enqueue` answers: `duplicate` with the id of the run that stands already. */
export interface Enqueued<Result = Json> extends EnqueueOutcome {
  readonly runId: RunId<Result>;
}

export interface WaitOptions {
  /** How long to wait at most: ms or text such as `30s`. Default: until the run ends. */
  readonly timeout?: number | string;
}

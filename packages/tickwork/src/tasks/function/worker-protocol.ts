import type { MessagePort } from 'node:worker_threads';
import type { ErrorDetail } from '../../core/base/errors.ts';
import type { Json } from '../../core/base/json.ts';
import type { AttemptContext, TaskResult } from '../../core/ports/task-kind.ts';

/** Characters of output on their way before the worker waits for the main thread. */
export const UNREAD_CHARACTERS_MAX = 1024 * 1024;

/** What a worker starts with. */
export interface WorkerStart {
  readonly port: MessagePort;
  /** The URL of the module, and the name of its export. */
  readonly module: string;
  readonly exportName: string;
  readonly input: Json;
  readonly facts: AttemptFacts;
  /** One number: characters of output sent and not yet read. */
  readonly unread: Int32Array;
}

/** The part of the context that is data. */
export type AttemptFacts = Omit<AttemptContext, 'signal' | 'output' | 'progress'>;

export type FromWorker =
  | {
      readonly type: 'output';
      readonly stream: Parameters<AttemptContext['output']>[0];
      readonly text: string;
    }
  | { readonly type: 'progress'; readonly value: Json }
  | { readonly type: 'result'; readonly result: TaskResult };

export interface ToWorker {
  readonly type: 'abort';
  readonly code: string;
  readonly detail: Pick<ErrorDetail, 'reason'>;
}

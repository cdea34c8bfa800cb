import { readFileSync } from 'node:fs';
import type { Timings } from '../../packages/tickwork/src/core/engine/engine-parts.ts';
import type { Failpoint } from './failpoint.ts';

/** What a process of the chaos test is told at its start, as JSON in its first argument. */
export interface NodeOrder {
  readonly path: string;
  /** The file to which it appends what it sees, a JSON object per line. */
  readonly witness: string;
  /** The name of its machine, which outlives it. */
  readonly machine: string;
  readonly timings: Partial<Timings>;
  readonly pagesMax: number | null;
  /** True: as root it becomes a user who may write nothing. */
  readonly dropsRights: boolean;
  /** Where it ends itself when it is told to; `null` = nowhere. */
  readonly failpoint: Failpoint | null;
}

interface Seen {
  /** The wall clock, epoch ms. */
  readonly t: number;
  /** The monotonic clock that all processes of the machine share, in ms. */
  readonly mono: number;
  readonly machine: string;
  readonly pid: number;
  /** The id of the node in this life; `''` before it has joined. */
  readonly inc: string;
}

export interface AttemptSeen {
  readonly sched: string | null;
  readonly fireAt: number;
  readonly runId: string;
  readonly attempt: number;
  readonly fence: number;
  readonly coalescedCount: number;
}

export type WitnessFact =
  | { readonly type: 'ready' | 'left' }
  | ({ readonly type: 'start' } & AttemptSeen)
  | ({ readonly type: 'end'; readonly outcome: 'success' | 'failed' | 'aborted' } & AttemptSeen)
  | ({ readonly type: 'signal' } & AttemptSeen)
  | {
      readonly type: 'ack';
      readonly runId: string;
      readonly fence: number;
      readonly state: string;
      readonly accepted: boolean;
    }
  /** It declared another node dead, or noticed that it is fenced itself. */
  | { readonly type: 'lost'; readonly nodeId: string; readonly self: boolean }
  | { readonly type: 'step'; readonly stepMs: number }
  | { readonly type: 'error'; readonly code: string; readonly message: string };

export type WitnessLine = Seen & WitnessFact;

export type LineOf<Type extends WitnessFact['type']> = Extract<WitnessLine, { type: Type }>;

/** The file that ends the blocking of the event loops. */
export function releaseOf(witness: string): string {
  return `${witness}.release`;
}

/** Everything that was seen so far, in the order of the file. */
export function readWitness(path: string): WitnessLine[] {
  const text = readFileSync(path, 'utf8');
  // A line that is just being written can be seen in part.
  const whole = text.slice(0, text.lastIndexOf('\n') + 1);
  return whole
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as WitnessLine);
}

export function linesOf<Type extends WitnessFact['type']>(
  lines: readonly WitnessLine[],
  type: Type,
): LineOf<Type>[] {
  return lines.filter((line): line is LineOf<Type> => line.type === type);
}

import type { JsonObject } from '../base/json.ts';
import type { Instant } from '../time/instant.ts';

/** What became of an instant, in one word. */
export type Verdict =
  /** It ran, and how it ended: SUCCESS. */
  | 'ran'
  | 'failed'
  | 'cancelled'
  /** A policy, a pause or a change decided against it. */
  | 'skipped'
  | 'running'
  /** It was due, and its run waits: for its predecessor, for a retry, for a node. */
  | 'waiting'
  /** It lies ahead and will run as things stand. */
  | 'ahead'
  /** It lies ahead and will be passed over as things stand. */
  | 'will-skip'
  /** The trigger does not fire then. */
  | 'no-instant'
  /** The job did not exist, or was disabled. */
  | 'not-in-force'
  /** It was due, but nobody has decided it yet. */
  | 'undecided'
  /** Too old: its row is not kept any more. */
  | 'not-kept'
  /** It should have a row and has none. */
  | 'missing';

/** One link of the chain: a fact and what follows from it. */
export interface ExplainStep {
  /** What it is about, for programs. */
  readonly code: string;
  /** One English sentence. */
  readonly message: string;
  /** What it was decided by. */
  readonly facts: JsonObject;
}

export interface Explanation {
  readonly jobName: string;
  /** The instant that is explained: the one asked for, or the job's in that second. */
  readonly askedAt: Instant;
  readonly verdict: Verdict;
  readonly runId: string | null;
  /** The chain of decisions, in order. */
  readonly steps: readonly ExplainStep[];
  /** The job's last instant before and its first one after; `null` = none is known. */
  readonly previousAt: Instant | null;
  readonly nextAt: Instant | null;
}

export function step(code: string, message: string, facts: JsonObject = {}): ExplainStep {
  return { code, message, facts };
}

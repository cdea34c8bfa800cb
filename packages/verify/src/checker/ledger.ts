import type { JobDefinition } from '../../../tickwork/src/core/model/job.ts';
import type { Attempt, SkipRange } from '../../../tickwork/src/core/model/run.ts';
import type { RunState } from '../../../tickwork/src/core/model/run-state.ts';
import type {
  FaultKind,
  HistoryLimits,
  JobAnswer,
  JobDump,
  OperationName,
  RunDump,
  WitnessOutcome,
} from '../history/history.ts';
import type { TruthClock } from './truth-clock.ts';

/** One call of a client, with all its tries. Times are true times. */
export interface Operation {
  readonly opId: string;
  readonly f: OperationName;
  readonly sched: string;
  readonly invokeAt: number;
  /** When it was certain; infinite while unknown. */
  okAt: number;
  outcome: 'ok' | 'fail' | 'info';
  answer: JobAnswer | null;
  requestId: string | null;
  runId: string | null;
  /** Some try of it had an unknown outcome. */
  unsure: boolean;
  /** What the answer called the outcome. */
  result: string | null;
  /** What was passed over, and which runs make up for the past. */
  rest: { readonly fromAt: number; readonly toAt: number } | null;
  runIds: readonly string[];
  readonly how: string | null;
}

/** One attempt as its witness tells it. */
export interface AttemptRecord {
  readonly i: number;
  readonly runId: string;
  readonly sched: string | null;
  readonly fireAt: number;
  readonly attempt: number;
  readonly token: number;
  readonly node: string;
  readonly inc: string;
  readonly startAt: number;
  readonly coalescedCount: number;
  /** Infinite: it was running when the watch ended. */
  endAt: number;
  endedBy: 'itself' | 'crash' | null;
  outcome: WitnessOutcome | null;
  signalledAt: number | null;
}

export interface FaultRecord {
  readonly faultId: number;
  readonly kind: FaultKind;
  readonly target: string;
  readonly beginAt: number;
  endAt: number;
}

export interface Grant {
  readonly i: number;
  readonly t: number;
  /** By the clock of the node that asked; absent: not known. */
  readonly at?: number;
  readonly inc: string;
  readonly runId: string;
  readonly attempt: number;
  readonly token: number;
}

export interface Commit {
  readonly i: number;
  readonly t: number;
  readonly inc: string;
  readonly token: number;
  readonly what: 'completion' | 'report' | 'settlement';
  readonly state: RunState | null;
  readonly accepted: boolean;
}

export interface Join {
  readonly t: number;
  readonly inc: string;
  /** No other node was up. */
  readonly first: boolean;
}

export interface CheckAnswer {
  readonly i: number;
  readonly t: number;
  readonly token: number;
  readonly goesOn: boolean;
}

export interface Ack {
  readonly runId: string;
  readonly token: number;
  readonly state: RunState;
  readonly accepted: boolean;
}

/** One job from its creation to its deletion: a name used again is another job. */
export interface JobRecord {
  readonly sched: string;
  readonly operations: Operation[];
  readonly definitions: Map<number, JobDefinition>;
  readonly rows: RunDump[];
  readonly skips: SkipRange[];
  readonly attempts: AttemptRecord[];
  jobId: number | null;
  dump: JobDump | null;
}

/** Everything a history says, sorted by what the verdicts ask. */
export interface Ledger {
  readonly limits: HistoryLimits;
  readonly clock: TruthClock;
  readonly endAt: number;
  readonly operations: readonly Operation[];
  /** Runs that a client asked to cancel. */
  readonly cancelledRunIds: ReadonlySet<string>;
  readonly jobs: readonly JobRecord[];
  /** The job of a run: by its row, else by its witness. */
  readonly jobOf: ReadonlyMap<string, JobRecord>;
  readonly attempts: readonly AttemptRecord[];
  readonly attemptsByRun: ReadonlyMap<string, readonly AttemptRecord[]>;
  readonly rows: ReadonlyMap<string, RunDump>;
  readonly dumpedAttempts: ReadonlyMap<string, readonly Attempt[]>;
  readonly grants: ReadonlyMap<string, readonly Grant[]>;
  readonly commits: ReadonlyMap<string, readonly Commit[]>;
  readonly acks: readonly Ack[];
  readonly faults: readonly FaultRecord[];
  /** How often the clock of a node was set. */
  readonly skewCount: number;
  /** When lives of nodes ended by crash, declaration of death, or leaving. */
  readonly crashedAt: ReadonlyMap<string, number>;
  readonly reaped: ReadonlyMap<string, { readonly t: number; readonly renewedAt: number }>;
  readonly leftAt: ReadonlyMap<string, number>;
  /** First lives of processes, in order. */
  readonly joins: readonly Join[];
  /** What pre-checks answered, by run. */
  readonly checks: ReadonlyMap<string, readonly CheckAnswer[]>;
  readonly totals: Readonly<Record<string, number>> | null;
  /** True if the history holds the final dump. */
  readonly dumped: boolean;
}

import type { JobDefinition, JobStats, JobStatus } from '../../../tickwork/src/core/model/job.ts';
import type { Attempt, Run, SkipRange } from '../../../tickwork/src/core/model/run.ts';
import type { RunState } from '../../../tickwork/src/core/model/run-state.ts';

/**
 * A history: everything that was asked of a scheduler, what its tasks saw of themselves,
 * what it says of itself, and what was done to it. One JSON object per line, on one clock
 * of truth `t` (epoch ms with fractions), in the order `i`. Witnesses write directly to
 * the harness, never through the system under test.
 */
export type HistoryEvent = { readonly i: number; readonly t: number } & HistoryFact;

/** An event before the writer has numbered it. */
export type HistoryFact =
  | HarnessFact
  | ClientFact
  | WitnessFact
  | SystemFact
  | FaultFact
  | ClockFact;

/** What the checker must know of the configuration. Times in ms. */
export interface HistoryLimits {
  /** Machines of the cluster. */
  readonly nodeCount: number;
  readonly leaseTtlMs: number;
  readonly renewMs: number;
  readonly reapMs: number;
  /** The longest time in which an idle node looks at the store again. */
  readonly tickMs: number;
  /** How far ahead the planner writes rows. */
  readonly reachMs: number;
  /** How far ahead nodes claim them; they look twice in that time. */
  readonly horizonMs: number;
  /** Allowance for classification and lateness. */
  readonly epsilonMs: number;
  /** How far the clocks of two nodes may lie apart: the longest way of an answer. */
  readonly clockErrorMs: number;
  /** The longest time in which a call of the store is without an answer. */
  readonly callDeadlineMs: number;
  /** How long at the end nothing is done to the system. */
  readonly settleMs: number;
}

export const defaultLimits: HistoryLimits = {
  nodeCount: 1,
  leaseTtlMs: 15_000,
  renewMs: 5000,
  reapMs: 5000,
  tickMs: 1000,
  reachMs: 2340,
  horizonMs: 2000,
  epsilonMs: 1000,
  clockErrorMs: 5,
  callDeadlineMs: 10_000,
  settleMs: 60_000,
};

export type HarnessFact =
  | { readonly src: 'harness'; readonly type: 'begin'; readonly limits: HistoryLimits }
  /** Nothing was watched after this. */
  | { readonly src: 'harness'; readonly type: 'end' };

export type OperationName =
  | 'create'
  | 'update'
  | 'pause'
  | 'resume'
  | 'disable'
  | 'delete'
  | 'trigger'
  | 'cancel'
  /** Instants to come are passed over. */
  | 'skip'
  /** Instants of the past are made up for. */
  | 'backfill';

/** What the answer to an operation on a job said of the job. */
export interface JobAnswer {
  readonly jobId: number;
  readonly revision: number;
  readonly status: JobStatus;
  readonly effectiveAt: number;
  /** From where unanchored intervals count. */
  readonly anchorAt: number;
  readonly definition: JobDefinition;
}

interface OperationKey {
  readonly src: 'client';
  readonly opId: string;
  readonly f: OperationName;
  /** The job's name; a `create` after a `delete` makes another job of the same name. */
  readonly sched: string;
  /** `trigger`. */
  readonly requestId?: string;
  /** `cancel`; `trigger` once it is known. */
  readonly runId?: string;
  /** What the call said besides: a tag, what to catch up. */
  readonly how?: string;
}

export type ClientFact =
  | (OperationKey & { readonly type: 'op.invoke' })
  | (OperationKey & {
      readonly type: 'op.ok';
      readonly job?: JobAnswer;
      readonly outcome?: string;
    } & {
      /** `skip`: the stretch that is passed over, both ends inclusive. */
      readonly rest?: { readonly fromAt: number; readonly toAt: number };
      /** `backfill`: the runs that make up for instants. */
      readonly runIds?: readonly string[];
    })
  /** Certainly without effect. */
  | (OperationKey & { readonly type: 'op.fail'; readonly error: string })
  /** Unknown outcome. The same operation may be tried again under its `opId`. */
  | (OperationKey & { readonly type: 'op.info'; readonly error: string });

/** One attempt as the task's own body saw it. */
interface AttemptKey {
  readonly src: 'witness';
  /** The machine. */
  readonly node: string;
  /** The life of the machine: the node id, new at each start. */
  readonly inc: string;
  readonly sched: string | null;
  readonly fireAt: number;
  readonly runId: string;
  readonly attempt: number;
  /** The fence. */
  readonly token: number;
}

export type WitnessOutcome = 'success' | 'failed' | 'aborted';

export type WitnessFact =
  | (AttemptKey & { readonly type: 'run.start'; readonly coalescedCount: number })
  | (AttemptKey & { readonly type: 'run.end'; readonly outcome: WitnessOutcome })
  /** The job's pre-check answered, and the task begins or not. */
  | (AttemptKey & { readonly type: 'run.check'; readonly goesOn: boolean })
  /** It was asked to stop. */
  | (AttemptKey & { readonly type: 'run.sig'; readonly reason: string });

export interface JobDump {
  readonly jobId: number;
  readonly name: string;
  readonly revision: number;
  readonly status: JobStatus;
  readonly cursorAt: number;
  readonly nextFireAt: number | null;
  readonly stats: JobStats;
}

export type RunDump = Omit<Run, 'definition' | 'progress' | 'result' | 'input'>;

export type SystemFact =
  /** The store let an attempt begin. */
  | {
      readonly src: 'sut';
      readonly type: 'grant';
      /** By the clock of the node that asked; absent: not known. */
      readonly at?: number;
      readonly inc: string;
      readonly runId: string;
      readonly attempt: number;
      readonly token: number;
    }
  /**
   * The store took or refused a result, output or progress; or it took a `settlement`: a run
   * that had not begun is SKIPPED from now on. No fence was issued for it, its `token` is 0.
   */
  | {
      readonly src: 'sut';
      readonly type: 'commit';
      readonly inc: string;
      readonly runId: string;
      readonly token: number;
      readonly what: 'completion' | 'report' | 'settlement';
      readonly state: RunState | null;
      readonly accepted: boolean;
    }
  /** The worker learned that its result was taken. */
  | {
      readonly src: 'sut';
      readonly type: 'ack';
      readonly inc: string;
      readonly runId: string;
      readonly token: number;
      readonly state: RunState;
      readonly accepted: boolean;
    }
  /** The store declared a node dead; `renewedAt`: when its last accepted renewal was sent. */
  | {
      readonly src: 'sut';
      readonly type: 'reaped';
      readonly inc: string;
      readonly renewedAt: number;
    }
  /** A process took part for the first time; `first`: no other node was up. */
  | {
      readonly src: 'sut';
      readonly type: 'joined';
      /** The machine. */
      readonly node: string;
      readonly inc: string;
      readonly first: boolean;
    }
  /** A node left in good order. */
  | { readonly src: 'sut'; readonly type: 'left'; readonly inc: string }
  | { readonly src: 'sut'; readonly type: 'dump.job'; readonly job: JobDump }
  | { readonly src: 'sut'; readonly type: 'dump.run'; readonly run: RunDump }
  | { readonly src: 'sut'; readonly type: 'dump.attempt'; readonly attempt: Attempt }
  | {
      readonly src: 'sut';
      readonly type: 'dump.skip';
      readonly sched: string;
      readonly skip: SkipRange;
    }
  /** Totals the system shows: metrics and API counts of runs by state. */
  | {
      readonly src: 'sut';
      readonly type: 'totals';
      readonly runs: Readonly<Record<string, number>>;
    };

/** What was done to the system. */
export const faultKinds = [
  'crash',
  'restart',
  'pause',
  'partition',
  'store-down',
  'fail-before',
  'fail-after-apply',
  'ack-lost',
  'busy',
  'stall',
  'skew',
  'clock-forward',
  'clock-back',
] as const;

export type FaultKind = (typeof faultKinds)[number];

export interface FaultFact {
  readonly src: 'nemesis';
  readonly type: 'fault.begin' | 'fault.end';
  readonly faultId: number;
  readonly kind: FaultKind;
  /** A machine, one `inc` of it, or `store` for what concerns every node. */
  readonly target: string;
  readonly params?: Readonly<Record<string, number | string>>;
}

/** The wall clock of a machine (or of the `store`) from now on: truth plus `offsetMs`. */
export interface ClockFact {
  readonly src: 'clock';
  readonly type: 'offset';
  readonly node: string;
  readonly offsetMs: number;
}

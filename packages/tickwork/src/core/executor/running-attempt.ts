import { TickworkError } from '../base/errors.ts';
import type { Json } from '../base/json.ts';
import { refuse } from '../base/shape.ts';
import type { Run, RunDefinition } from '../model/run.ts';
import type { StopCause } from '../model/stop-cause.ts';
import type { TaskSpec } from '../model/task-spec.ts';
import { type OutputChunk, outputStreams, type RunReport } from '../ports/run-store.ts';
import type { AttemptContext, SlotKind, TaskKind } from '../ports/task-kind.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import { OutputBuffer } from './output-buffer.ts';

/** A run that has just been started in the store, with all that is needed to do it. */
export interface StartedRun {
  readonly run: Run;
  readonly work: RunDefinition;
  readonly kind: TaskKind;
  /** What is asked before; absent = nothing. */
  readonly check?: { readonly kind: TaskKind; readonly task: TaskSpec };
  /** The node's id when it started; it may begin a new life meanwhile. */
  readonly nodeId: string;
  readonly fence: number;
  readonly attempt: number;
  /** What the store was told. If it lies ahead, the attempt begins then. */
  readonly startedAt: Instant;
}

/** What an attempt needs of those who run it. */
export interface AttemptHost {
  now(): Instant;
  /** It has output or progress. */
  onReport(attempt: RunningAttempt): void;
}

/** A kind that kills what it runs needs a moment after its own grace to say so. */
const KILL_MARGIN_MS = 3_000;

/**
 * One attempt in the making: what its handler sees of it, and how it is told to stop. The
 * abort signal is made when it is first asked for, since most handlers never do.
 */
export class RunningAttempt implements AttemptContext {
  readonly started: StartedRun;
  #startedAt: Instant;
  /** `Infinity` until it begins. */
  #startedMono = Number.POSITIVE_INFINITY;
  /** Its end was told: what it still has to say comes too late. */
  isOver = false;
  readonly #host: AttemptHost;
  #controller: AbortController | null = null;
  #output: OutputBuffer | null = null;
  #progress: Json | undefined;
  #stop: { readonly cause: StopCause; readonly mono: number } | null = null;

  constructor(started: StartedRun, host: AttemptHost) {
    this.started = started;
    this.#startedAt = started.startedAt;
    this.#host = host;
  }

  /** Its handler is called now: its time runs. */
  begin(at: Instant, mono: number): void {
    this.#startedAt = at;
    this.#startedMono = mono;
  }

  get hasBegun(): boolean {
    return this.#startedMono !== Number.POSITIVE_INFINITY;
  }

  /** When it began; before that, when it is to begin. */
  get startedAt(): Instant {
    return this.#startedAt;
  }

  get runId(): string {
    return this.started.run.id;
  }
  get jobName(): string | null {
    return this.started.run.jobName;
  }
  get attempt(): number {
    return this.started.attempt;
  }
  get fireAt(): Instant {
    return this.started.run.fireAt;
  }
  get fence(): number {
    return this.started.fence;
  }
  get idempotencyKey(): string {
    return this.started.run.id;
  }
  get coalescedCount(): number {
    return this.started.run.coalescedCount;
  }
  get cancelGraceMs(): DurationMs {
    return this.started.work.policies.cancelGraceMs;
  }
  get slotKind(): SlotKind {
    return this.started.kind.slotKind;
  }

  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#stop !== null) this.#controller.abort(stopError(this.#stop.cause, this.started));
    }
    return this.#controller.signal;
  }

  output(stream: OutputChunk['stream'], text: string): void {
    if (!outputStreams.includes(stream)) {
      refuse('output', stream, 'is no stream.', `Write one of ${outputStreams.join(', ')}.`);
    }
    if (typeof text !== 'string') refuse('output', text, 'is no text.');
    if (text === '') return;
    this.#output ??= new OutputBuffer(this.started.attempt);
    this.#output.add(this.#host.now(), stream, text);
    this.#host.onReport(this);
  }

  progress(value: Json): void {
    this.#progress = value;
    this.#host.onReport(this);
  }

  /** Why it was told to stop; `null` while it goes on. */
  get stopCause(): StopCause | null {
    return this.#stop?.cause ?? null;
  }

  /** Tells it to stop. The first cause stays. */
  stop(cause: StopCause, mono: number): void {
    if (this.#stop !== null) return;
    this.#stop = { cause, mono };
    this.#controller?.abort(stopError(cause, this.started));
  }

  /** The monotonic reading at which something must be done about it; `Infinity` = never. */
  deadlineMono(): number {
    if (this.#stop !== null) {
      const { kind, work } = this.started;
      const margin = kind.killsAfterGrace?.(work.task) === true ? KILL_MARGIN_MS : 0;
      return this.#stop.mono + this.cancelGraceMs + margin;
    }
    const { timeoutMs } = this.started.work.policies;
    return timeoutMs === null ? Number.POSITIVE_INFINITY : this.#startedMono + timeoutMs;
  }

  /** What has gathered since the last time; `null` = nothing. */
  takeReport(ended: boolean): RunReport | null {
    const output = ended ? this.#output?.finish(this.#host.now()) : this.#output?.take();
    const progress = this.#progress;
    this.#progress = undefined;
    if (progress === undefined && (output === undefined || output.length === 0)) return null;
    const { runId, fence } = this;
    return { runId, fence, ...(progress === undefined ? {} : { progress }), output: output ?? [] };
  }
}

function stopError(cause: StopCause, started: StartedRun): TickworkError {
  const field = `run ${started.run.id}`;
  switch (cause) {
    case 'timeout': {
      const reason = `timed out after ${started.work.policies.timeoutMs ?? 0} ms`;
      return new TickworkError('TASK_TIMEOUT', { field, reason });
    }
    case 'fenced':
      return new TickworkError('FENCED', { field, reason: 'this node lost its lease' });
    case 'request':
    case 'overlap':
    case 'shutdown':
      return new TickworkError('TASK_CANCELLED', { field, reason: `cancelled (${cause})` });
    default:
      return cause satisfies never;
  }
}

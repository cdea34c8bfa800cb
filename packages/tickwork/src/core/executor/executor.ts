import { copyJson } from '../base/copy-json.ts';
import { RunTable } from '../model/run-table.ts';
import type { StopCause } from '../model/stop-cause.ts';
import type { TaskSpec } from '../model/task-spec.ts';
import type { Clock } from '../ports/clock.ts';
import type { RunReport } from '../ports/run-store.ts';
import type { SlotKind, TaskKind, TaskResult } from '../ports/task-kind.ts';
import type { Instant } from '../time/instant.ts';
import { type AttemptHost, RunningAttempt, type StartedRun } from './running-attempt.ts';
import { Standby } from './standby.ts';

export interface EndedAttempt {
  readonly attempt: RunningAttempt;
  readonly result: TaskResult;
  readonly endedAt: Instant;
  /** It did not stop within its grace: the handler may still go on somewhere. */
  readonly abandoned: boolean;
  /** The pre-check said no: the task itself was not begun. */
  readonly declined: boolean;
}

export interface ExecutorParts {
  readonly clock: Clock;
  readonly slots: Readonly<Record<SlotKind, number>>;
  /** An attempt stands by for an instant before all others, see `beginDue`. */
  readonly onStandby: () => void;
  /** An attempt has been begun; it may have ended already. */
  readonly onBegun: (attempt: RunningAttempt) => void;
  readonly onEnded: (ended: EndedAttempt) => void;
  /** An attempt has output or progress to be stored. */
  readonly onReport: () => void;
  /** A deadline came nearer than all others: `sweep` tells when. */
  readonly onDeadline: () => void;
}

const ERROR_CHARACTERS_MAX = 10_000;

/**
 * Runs attempts in the node's slots. It knows no policy: it calls the task kind, passes on
 * stop requests and timeouts, and tells how each attempt ended, exactly once. An attempt whose
 * start lies ahead has its slot and stands by until then; told to stop before, it ends.
 */
export class Executor {
  readonly #parts: ExecutorParts;
  /** Those that others can see: an attempt that ends in the turn of its start is never here. */
  readonly #running = new RunTable<RunningAttempt>();
  readonly #used: Record<SlotKind, number> = { function: 0, external: 0 };
  readonly #standby = new Standby<RunningAttempt>();
  readonly #reporting = new Set<RunningAttempt>();
  /** No attempt has an earlier deadline; may be too early, never too late. */
  #deadlineMono = Number.POSITIVE_INFINITY;

  readonly #host: AttemptHost;

  constructor(parts: ExecutorParts) {
    this.#parts = parts;
    this.#host = {
      now: () => parts.clock.now(),
      onReport: (attempt) => {
        if (attempt.isOver) return;
        this.#reporting.add(attempt);
        parts.onReport();
      },
    };
  }

  freeSlots(slotKind: SlotKind): number {
    return Math.max(0, this.#parts.slots[slotKind] - this.#used[slotKind]);
  }

  get runningCount(): number {
    return this.#running.size;
  }

  /** With `fence`: that very attempt. */
  isRunning(runId: string, fence?: number): boolean {
    const attempt = this.#running.find(runId);
    return attempt !== undefined && (fence === undefined || attempt.fence === fence);
  }

  start(started: StartedRun): void {
    const attempt = new RunningAttempt(started, this.#host);
    if (started.startedAt <= this.#parts.clock.now()) {
      this.#begin(attempt, started.startedAt, false);
      return;
    }
    this.#takeSlot(attempt);
    if (this.#standby.add(attempt, started.startedAt)) this.#parts.onStandby();
  }

  /** Begins what stands by and is due. Answers when the next one is; `null` = there is none. */
  beginDue(): Instant | null {
    const now = this.#parts.clock.now();
    for (;;) {
      const due = this.#standby.takeDue(now);
      if (due.length === 0) return this.#standby.nextAt();
      for (const attempt of due) {
        if (attempt.isOver) continue;
        this.#begin(attempt, this.#parts.clock.now(), true);
      }
    }
  }

  /** Tells all that stand by to stop. */
  dismiss(cause: StopCause): void {
    for (const attempt of this.#standby.takeAll()) this.stop(attempt.runId, cause);
  }

  #begin(attempt: RunningAttempt, at: Instant, hasSlot: boolean): void {
    attempt.begin(at, this.#parts.clock.mono());
    const { kind, work, check } = attempt.started;
    if (check === undefined) {
      this.#follow(attempt, perform(kind, work.task, attempt), hasSlot);
    } else {
      this.#goOn(attempt, hasSlot);
      void this.#executeChecked(attempt, check);
    }
    this.#parts.onBegun(attempt);
  }

  #follow(
    attempt: RunningAttempt,
    answer: TaskResult | Promise<TaskResult>,
    hasSlot: boolean,
  ): void {
    if (answer instanceof Promise) {
      this.#goOn(attempt, hasSlot);
      void answer.then((result) => this.#end(attempt, result));
    } else if (hasSlot) {
      this.#end(attempt, answer);
    } else {
      this.#tell(attempt, answer, false, false);
    }
  }

  /** Tells a run to stop, if it runs here. */
  stop(runId: string, cause: StopCause): boolean {
    const attempt = this.#running.find(runId);
    if (attempt === undefined) return false;
    this.#stop(attempt, cause);
    return true;
  }

  stopAll(cause: StopCause): void {
    for (const attempt of [...this.#running]) this.#stop(attempt, cause);
  }

  /**
   * Times out what is over its time and gives up what did not stop in its grace. Answers in
   * how many milliseconds to call again; `null` = no deadline stands.
   */
  sweep(): number | null {
    const mono = this.#parts.clock.mono();
    if (mono >= this.#deadlineMono) {
      for (const attempt of [...this.#running]) this.#checkDeadline(attempt, mono);
      this.#deadlineMono = this.#earliestDeadline();
    }
    return this.#deadlineMono === Number.POSITIVE_INFINITY ? null : this.#deadlineMono - mono;
  }

  /** Output and progress that have gathered. */
  takeReports(): RunReport[] {
    const reports: RunReport[] = [];
    for (const attempt of this.#reporting) {
      const report = attempt.takeReport(false);
      if (report !== null) reports.push(report);
    }
    this.#reporting.clear();
    return reports;
  }

  #stop(attempt: RunningAttempt, cause: StopCause): void {
    attempt.stop(cause, this.#parts.clock.mono());
    if (attempt.hasBegun) this.#noteDeadline(attempt);
    else this.#end(attempt, STOPPED);
  }

  /** It goes on beyond this turn: it has a slot, can be stopped, and may have a deadline. */
  #goOn(attempt: RunningAttempt, hasSlot: boolean): void {
    if (!hasSlot) this.#takeSlot(attempt);
    this.#noteDeadline(attempt);
  }

  #takeSlot(attempt: RunningAttempt): void {
    this.#running.add(attempt);
    this.#used[attempt.slotKind] += 1;
  }

  #noteDeadline(attempt: RunningAttempt): void {
    const deadline = attempt.deadlineMono();
    if (deadline >= this.#deadlineMono) return;
    this.#deadlineMono = deadline;
    this.#parts.onDeadline();
  }

  #checkDeadline(attempt: RunningAttempt, mono: number): void {
    if (mono < attempt.deadlineMono()) return;
    if (attempt.stopCause === null) {
      attempt.stop('timeout', mono);
      return;
    }
    const error = `did not stop within ${attempt.cancelGraceMs} ms after it was told to`;
    this.#end(attempt, { ok: false, error }, true);
  }

  #earliestDeadline(): number {
    let earliest = Number.POSITIVE_INFINITY;
    for (const attempt of this.#running) {
      const deadline = attempt.deadlineMono();
      if (deadline < earliest) earliest = deadline;
    }
    return earliest;
  }

  async #executeChecked(
    attempt: RunningAttempt,
    check: NonNullable<StartedRun['check']>,
  ): Promise<void> {
    const answer = await perform(check.kind, check.task, attempt);
    if (!answer.ok || attempt.stopCause !== null) {
      const declined = !answer.ok && saysNo(answer);
      this.#end(attempt, answer.ok ? STOPPED : answer, false, declined);
      return;
    }
    const { kind, work } = attempt.started;
    this.#end(attempt, await perform(kind, work.task, attempt));
  }

  #end(attempt: RunningAttempt, result: TaskResult, abandoned = false, declined = false): void {
    if (!this.#running.delete(attempt)) return;
    this.#used[attempt.slotKind] -= 1;
    this.#tell(attempt, result, abandoned, declined);
  }

  #tell(attempt: RunningAttempt, result: TaskResult, abandoned: boolean, declined: boolean): void {
    attempt.isOver = true;
    this.#reporting.delete(attempt);
    const endedAt = Math.max(this.#parts.clock.now(), attempt.startedAt);
    this.#parts.onEnded({ attempt, result, endedAt, abandoned, declined });
  }
}

/** The attempt was told to stop while its check ran, or before its instant. */
const STOPPED: TaskResult = { ok: false, error: 'was stopped before its task began' };

/** Answers at once if the kind does. */
function perform(
  kind: TaskKind,
  task: TaskSpec,
  attempt: RunningAttempt,
): TaskResult | Promise<TaskResult> {
  try {
    // Definitions are shared by their runs, and by equal jobs: each attempt has its own input.
    const answer = kind.execute(task, copyJson(attempt.started.work.input), attempt);
    return isPromise(answer) ? settle(answer) : checkedResult(answer);
  } catch (error) {
    return { ok: false, error: messageOf(error) };
  }
}

async function settle(answer: Promise<TaskResult>): Promise<TaskResult> {
  try {
    return checkedResult(await answer);
  } catch (error) {
    return { ok: false, error: messageOf(error) };
  }
}

function isPromise(answer: TaskResult | Promise<TaskResult>): answer is Promise<TaskResult> {
  return typeof answer === 'object' && answer !== null && 'then' in answer;
}

/** Task kinds may come from outside: an answer that no store could keep harms its run alone. */
function checkedResult(answer: TaskResult): TaskResult {
  const { ok, exitCode, result, error }: Readonly<Record<string, unknown>> = { ...answer };
  const isCode = exitCode === undefined || Number.isSafeInteger(exitCode);
  const isWell = ok === true ? result !== undefined : ok === false && typeof error === 'string';
  if (isCode && isWell) return answer;
  return { ok: false, error: 'its task kind answered with something that is no result' };
}

/** Codes above are the shell's: it could not run the script, or a signal ended it. */
const EXIT_CODE_MAX = 125;

function saysNo({ declined, exitCode = 0 }: Extract<TaskResult, { ok: false }>): boolean {
  return declined === true || (exitCode >= 1 && exitCode <= EXIT_CODE_MAX);
}

function messageOf(error: unknown): string {
  let text: string;
  try {
    text = error instanceof Error ? error.message : String(error);
  } catch {
    text = 'threw a value that cannot be shown';
  }
  return text.slice(0, ERROR_CHARACTERS_MAX);
}

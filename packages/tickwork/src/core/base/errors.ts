/**
 * The catalogue of every error that Tickwork raises on purpose. A code is a
 * promise: it never changes its meaning. `docs/reference/errors.md` explains
 * each one, and a test keeps both lists equal.
 *
 * `exit` is the exit status of the command line for this code (sysexits);
 * `retry` says whether the same call can succeed later without a change.
 */
export const errorCatalogue = {
  // Input
  INVALID_CRON: { summary: 'A cron expression cannot be read.', exit: 2, retry: false },
  INVALID_TRIGGER: { summary: 'A trigger has a wrong shape or value.', exit: 2, retry: false },
  INVALID_ZONE: { summary: 'A time zone name is unknown.', exit: 2, retry: false },
  INVALID_DURATION: { summary: 'A duration cannot be read.', exit: 2, retry: false },
  INVALID_INSTANT: { summary: 'A date-time cannot be read.', exit: 2, retry: false },
  INVALID_CALENDAR: { summary: 'A calendar has a wrong shape or value.', exit: 2, retry: false },
  INVALID_JOB: { summary: 'A job definition has a wrong field.', exit: 2, retry: false },
  INVALID_INPUT: { summary: 'An argument of a call is wrong.', exit: 2, retry: false },
  INVALID_CONFIG: { summary: 'A configuration file is wrong.', exit: 78, retry: false },
  NEVER_FIRES: { summary: 'A trigger has no instant up to the year 2199.', exit: 2, retry: false },
  RUN_AT_PAST: { summary: 'A one-off instant lies in the past.', exit: 2, retry: false },
  DUPLICATE_JOB: { summary: 'One source declares a job name twice.', exit: 2, retry: false },
  DUPLICATE_TASK: { summary: 'A task name is registered twice.', exit: 2, retry: false },
  SCRIPT_REFUSED: { summary: 'A script may not be run.', exit: 77, retry: false },
  // Look-ups
  JOB_NOT_FOUND: { summary: 'No job has this name.', exit: 4, retry: false },
  RUN_NOT_FOUND: { summary: 'No run has this id.', exit: 4, retry: false },
  TASK_NOT_FOUND: { summary: 'No handler is registered under this name.', exit: 4, retry: false },
  CALENDAR_NOT_FOUND: { summary: 'No calendar has this name.', exit: 4, retry: false },
  // State
  CONFLICT: { summary: 'The record changed meanwhile.', exit: 75, retry: true },
  ILLEGAL_TRANSITION: { summary: 'A run cannot go to this state.', exit: 1, retry: false },
  NOT_RUNNING: { summary: 'The scheduler is not started.', exit: 1, retry: false },
  FENCED: { summary: 'This node lost its lease; its writes are refused.', exit: 1, retry: false },
  // Store
  STORE_UNAVAILABLE: { summary: 'The store does not answer.', exit: 69, retry: true },
  STORE_LOCKED: { summary: 'Another program holds the store locked.', exit: 75, retry: true },
  STORE_READ_ONLY: { summary: 'The store refuses writes.', exit: 1, retry: false },
  STORE_CORRUPT: { summary: 'The store file is damaged or no database.', exit: 1, retry: false },
  STORE_REPLACED: {
    summary: 'The open store file was deleted or replaced.',
    exit: 74,
    retry: false,
  },
  STORE_FULL: { summary: 'The disk of the store is full.', exit: 75, retry: true },
  STORE_VERSION: { summary: 'Another version wrote this store.', exit: 78, retry: false },
  // Execution (kept as data in the run, seldom thrown)
  TASK_FAILED: { summary: 'The task threw or returned false.', exit: 1, retry: true },
  TASK_TIMEOUT: { summary: 'The task ran longer than its timeout.', exit: 124, retry: true },
  TASK_CANCELLED: { summary: 'The run was cancelled.', exit: 1, retry: false },
  TASK_SKIPPED: { summary: 'The run was skipped.', exit: 1, retry: false },
  WAIT_TIMEOUT: { summary: 'A run has not ended in time.', exit: 75, retry: true },
  // Ours
  BROKEN_INVARIANT: { summary: 'A defect of Tickwork; please report it.', exit: 1, retry: false },
} as const satisfies Record<string, { summary: string; exit: number; retry: boolean }>;

export type ErrorCode = keyof typeof errorCatalogue;

export interface ErrorDetail {
  /** The option, argument or file position that is wrong, as the user wrote it. */
  readonly field?: string;
  /** The value found there. Never a secret. */
  readonly value?: unknown;
  /** Why it is refused. */
  readonly reason: string;
  /** What to do instead. */
  readonly remedy?: string;
  readonly cause?: unknown;
}

/** An error of the catalogue: `code` for programs, `message` for people. */
export class TickworkError extends Error {
  override readonly name = 'TickworkError';
  readonly code: ErrorCode;
  readonly field: string | undefined;
  readonly value: unknown;
  readonly reason: string;
  readonly remedy: string | undefined;

  constructor(code: ErrorCode, detail: ErrorDetail) {
    super(messageOf(detail), detail.cause === undefined ? undefined : { cause: detail.cause });
    this.code = code;
    this.field = detail.field;
    this.value = detail.value;
    this.reason = detail.reason;
    this.remedy = detail.remedy;
  }
}

/** True for errors of the catalogue, also those of another copy of the library. */
export function isTickworkError(error: unknown): error is TickworkError {
  return (
    error instanceof Error &&
    error.name === 'TickworkError' &&
    typeof (error as { code?: unknown }).code === 'string'
  );
}

/** The store as a whole has a problem, or this node its lease, whatever was to be written. */
export function isStoreTrouble(error: unknown): boolean {
  return isTickworkError(error) && (error.code.startsWith('STORE_') || error.code === 'FENCED');
}

/** Stops the program's current step when something that must hold does not. */
export function assert(condition: unknown, why: string): asserts condition {
  if (!condition) throw new TickworkError('BROKEN_INVARIANT', { reason: why });
}

const VALUE_CHARACTERS_MAX = 120;
const FIELD_CHARACTERS_MAX = 300;

function messageOf(detail: ErrorDetail): string {
  const place = detail.field === undefined ? '' : `${cut(detail.field, FIELD_CHARACTERS_MAX)}: `;
  const value = detail.value === undefined ? '' : `${show(detail.value)} — `;
  const remedy = detail.remedy === undefined ? '' : ` ${detail.remedy}`;
  return `${place}${value}${detail.reason}${remedy}`;
}

/** Long texts are cut before they are written out, as this costs more than all the rest. */
function show(value: unknown): string {
  // JSON would write these as null.
  if (typeof value === 'number' && !Number.isFinite(value)) return String(value);
  let text: string;
  try {
    text = JSON.stringify(value, (_key, part: unknown) =>
      typeof part === 'string' ? part.slice(0, VALUE_CHARACTERS_MAX + 1) : part,
    );
    text ??= typeof value;
  } catch {
    text = String(value);
  }
  return cut(text, VALUE_CHARACTERS_MAX);
}

function cut(text: string, charactersMax: number): string {
  return text.length > charactersMax ? `${text.slice(0, charactersMax)}…` : text;
}

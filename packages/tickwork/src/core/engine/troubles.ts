import { isTickworkError } from '../base/errors.ts';
import type { Emitter } from '../events/emitter.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Instant } from '../time/instant.ts';

/** A part of the engine that fails at present; it is tried again by itself. */
export interface Trouble {
  /** The loop, such as `planner`. */
  readonly loop: string;
  /** What alone is affected, such as `job report`; `null` = the loop as a whole. */
  readonly subject: string | null;
  readonly code: string;
  readonly message: string;
  readonly sinceAt: Instant;
  readonly lastAt: Instant;
  /** Errors since `sinceAt`. */
  readonly errorCount: number;
}

/** What fails in this process. */
export interface TroubleReport {
  /** All errors of loops since this scheduler was made. */
  readonly errorCount: number;
  /** What fails at present, the longest-lasting first; at most 100. */
  readonly current: readonly Trouble[];
}

export interface TroublesParts {
  readonly clock: Clock;
  readonly emitter: Emitter;
  readonly logger: Logger;
  /** The node has a lease. */
  readonly isUp: () => boolean;
}

interface Entry extends Trouble {
  readonly loggedMono: number;
  readonly lastMono: number;
}

const ENTRIES_MAX = 100;
/** The same trouble is logged again after this time, with the number of errors. */
const LOG_AGAIN_MS = 60_000;
/** New troubles that are logged within `LOG_AGAIN_MS`; further ones are counted only. */
const LINES_MAX = 20;
/** A job that failed is tried again within a minute: without a new error it is well. */
const SUBJECT_FORGOTTEN_MS = 150_000;

/**
 * Where the errors of the loops go: into the log (each trouble at once and then once a minute),
 * to listeners of `loop.error`, and into a list of what fails at present.
 */
export class Troubles {
  readonly #parts: TroublesParts;
  readonly #entries = new Map<string, Entry>();
  #errorCount = 0;
  #windowMono = Number.NEGATIVE_INFINITY;
  #lineCount = 0;

  constructor(parts: TroublesParts) {
    this.#parts = parts;
  }

  /** A pass of a loop failed, or what it did for one job or run. */
  note(loop: string, error: unknown, subject: string | null = null): void {
    const { clock, emitter } = this.#parts;
    const code = isTickworkError(error) ? error.code : 'BROKEN_INVARIANT';
    const words = error instanceof Error ? error.message : String(error);
    const message = subject === null ? words : `${subject}: ${words}`;
    const [now, mono] = [clock.now(), clock.mono()];
    const key = keyOf(loop, subject);
    const former = this.#entries.get(key);
    const isNews = former === undefined || former.code !== code;
    const mayLog = isNews || mono - former.loggedMono >= LOG_AGAIN_MS;
    const sinceAt = former?.sinceAt ?? now;
    const errorCount = (former?.errorCount ?? 0) + 1;
    const loggedMono = mayLog ? mono : former.loggedMono;
    const trouble = { loop, subject, code, message, sinceAt, lastAt: now, errorCount };
    this.#errorCount += 1;
    this.#keep(key, { ...trouble, loggedMono, lastMono: mono });
    if (mayLog) this.#log(trouble, mono);
    emitter.emit('loop.error', { loop, code, message });
  }

  /** A pass of a loop went well; cheap where none had failed. */
  settle(loop: string): void {
    // Without a lease passes do nothing, so that they prove nothing.
    if (this.#entries.size === 0 || !this.#parts.isUp()) return;
    const former = this.#entries.get(keyOf(loop, null));
    if (former === undefined) return;
    this.#entries.delete(keyOf(loop, null));
    const { errorCount, sinceAt } = former;
    const fields = { errors: errorCount, lastedMs: this.#parts.clock.now() - sinceAt };
    this.#parts.logger.log('info', `the engine's ${loop} works again`, fields);
    this.#parts.emitter.emit('loop.recovered', { loop, errorCount });
  }

  report(): TroubleReport {
    const mono = this.#parts.clock.mono();
    const current: Trouble[] = [];
    for (const { loggedMono: _, lastMono, ...trouble } of this.#entries.values()) {
      const isOver = trouble.subject !== null && mono - lastMono > SUBJECT_FORGOTTEN_MS;
      if (!isOver) current.push(trouble);
    }
    return { errorCount: this.#errorCount, current };
  }

  /** The engine stops: nothing fails any more. */
  clear(): void {
    this.#entries.clear();
  }

  #keep(key: string, entry: Entry): void {
    this.#entries.set(key, entry);
    if (this.#entries.size <= ENTRIES_MAX) return;
    const [oldest] = this.#entries.keys();
    if (oldest !== undefined) this.#entries.delete(oldest);
  }

  #log({ loop, code, message, errorCount }: Trouble, mono: number): void {
    if (mono - this.#windowMono >= LOG_AGAIN_MS) {
      this.#windowMono = mono;
      this.#lineCount = 0;
    }
    this.#lineCount += 1;
    const { logger } = this.#parts;
    if (this.#lineCount > LINES_MAX + 1) return;
    if (this.#lineCount > LINES_MAX) {
      logger.log('error', 'more errors of the engine follow: for a minute they are only counted');
      return;
    }
    const times = errorCount > 1 ? { times: errorCount } : {};
    logger.log('error', `the engine's ${loop} failed`, { code, error: message, ...times });
  }
}

function keyOf(loop: string, subject: string | null): string {
  return subject === null ? loop : `${loop} ${subject}`;
}

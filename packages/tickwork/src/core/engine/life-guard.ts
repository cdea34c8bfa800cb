import { isTickworkError, type TickworkError } from '../base/errors.ts';
import type { Membership } from '../cluster/membership.ts';
import type { Emitter } from '../events/emitter.ts';
import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import type { Pass } from './loops.ts';

export interface LifeGuardParts {
  readonly membership: Pick<Membership, 'check' | 'fence' | 'end'>;
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
  readonly emitter: Emitter;
  /** A loop that may not work looks again after this time. */
  readonly pollEveryMs: DurationMs;
}

/**
 * Stands around every pass of a loop. A write refused because of the lease ends this life of the
 * node; a new one begins. None does once the store is not the one that was opened.
 */
export class LifeGuard {
  readonly #parts: LifeGuardParts;
  #isStoreLost = false;

  constructor(parts: LifeGuardParts) {
    this.#parts = parts;
  }

  async around(pass: Pass): Promise<Instant | null> {
    try {
      return await pass();
    } catch (error) {
      if (!isTickworkError(error)) throw error;
      if (error.code === 'FENCED') this.#parts.membership.fence();
      else if (error.code === 'STORE_REPLACED') this.#endForGood(error);
      else throw error;
      return this.#lookAgainAt();
    }
  }

  /** For passes that need a lease: without one they wait until there is one again. */
  async whileUp(pass: Pass): Promise<Instant | null> {
    return this.#parts.membership.check() ? await pass() : this.#lookAgainAt();
  }

  #lookAgainAt(): Instant {
    return this.#parts.clock.now() + this.#parts.pollEveryMs;
  }

  #endForGood({ code, message }: TickworkError): void {
    if (this.#isStoreLost) return;
    this.#isStoreLost = true;
    const { logger, membership, emitter } = this.#parts;
    logger.log('error', 'the store is lost: this engine has ended', { error: message });
    membership.end();
    emitter.emit('store.lost', { code, message });
  }
}

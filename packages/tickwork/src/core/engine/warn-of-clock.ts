import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { Store } from '../ports/store.ts';
import { formatDuration } from '../time/duration.ts';
import type { DurationMs, Instant } from '../time/instant.ts';

/** A clock that is set by a network moves by less. */
const LEAD_MS_MAX: DurationMs = 1000;

interface Parts {
  readonly store: Pick<Store, 'examineClock'>;
  /** This machine's clock, uncorrected. */
  readonly clock: Pick<Clock, 'now'>;
  readonly logger: Logger;
}

/** At a start: says that nothing will run for a while because of a clock, and what to do. */
export async function warnOfClock(parts: Parts, storeNow: Instant): Promise<void> {
  const systemNow = parts.clock.now();
  const leadMs = storeNow - systemNow;
  if (leadMs > LEAD_MS_MAX) {
    const fields = { lead: formatDuration(leadMs), remedy: 'correct the clock of this machine' };
    parts.logger.log('warn', 'the store was used at a later time: nothing runs before it', fields);
  }
  const fault = await parts.store.examineClock(systemNow);
  if (fault === null) return;
  const remedy = 'see what `tickwork db repair` would do';
  parts.logger.log('warn', 'a wrong clock left traces', { found: fault.message, remedy });
}

import type { TriggerMemory } from '../../model/trigger-memory.ts';
import type { FixedDelaySpec } from '../../model/trigger-spec.ts';
import type { Instant } from '../../time/instant.ts';
import type { CompileKind } from '../kind.ts';
import type { Locale, Trigger } from '../trigger.ts';
import { durationText } from '../words/duration-words.ts';

/**
 * Counts from the end of the last run. States, by what the memory holds:
 * - *fresh*: nothing was planned since the job came into force (or was resumed).
 *   Due at once, but not before the delay after an older run's end.
 * - *waiting*: the last run has ended, or the last instant was passed over and has no
 *   run that could end. Due `delay` after that.
 * - *busy*: the instant that follows the last known end is planned already, so
 *   that only the end of its run can say more. `null`.
 *
 * What is due in the past (after a pause) is due at the next millisecond.
 */
class FixedDelayTrigger implements Trigger {
  readonly kind = 'fixed-delay';
  readonly #spec: FixedDelaySpec;

  constructor(spec: FixedDelaySpec) {
    this.#spec = spec;
  }

  next(after: Instant, memory: TriggerMemory): Instant | null {
    const dueAt = this.#dueAt(memory);
    return dueAt === null ? null : Math.max(dueAt, after + 1);
  }

  #dueAt({ anchorAt, previousAt, endedAt, passedAt }: TriggerMemory): Instant | null {
    const lastAt = laterOf(endedAt, passedAt ?? null);
    const afterEnd = lastAt === null ? null : lastAt + this.#spec.delayMs;
    const isFresh = previousAt === null || previousAt < anchorAt;
    if (isFresh) return afterEnd === null ? anchorAt : Math.max(anchorAt, afterEnd);
    if (afterEnd === null || afterEnd <= previousAt) return null;
    return afterEnd;
  }

  describe(locale: Locale): string {
    const length = durationText(this.#spec.delayMs, locale);
    return locale === 'en'
      ? `${length} after the end of the previous run`
      : `上次运行结束后 ${length}`;
  }
}

function laterOf(a: Instant | null, b: Instant | null): Instant | null {
  if (a === null || b === null) return a ?? b;
  return Math.max(a, b);
}

export const compileFixedDelay: CompileKind<'fixed-delay'> = (spec) => new FixedDelayTrigger(spec);

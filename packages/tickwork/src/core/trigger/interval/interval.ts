import type { TriggerMemory } from '../../model/trigger-memory.ts';
import type { IntervalSpec } from '../../model/trigger-spec.ts';
import type { Instant } from '../../time/instant.ts';
import type { CompileKind } from '../kind.ts';
import type { Locale, Trigger } from '../trigger.ts';
import { everyText } from '../words/duration-words.ts';

/**
 * A grid `anchor + k·every` over the whole line of time, whatever the runs take
 * and whatever clocks do. Without an anchor of its own the grid goes through the
 * instant from which the job is in force, which is itself not fired.
 */
class IntervalTrigger implements Trigger {
  readonly kind = 'interval';
  readonly #spec: IntervalSpec;

  constructor(spec: IntervalSpec) {
    this.#spec = spec;
  }

  next(after: Instant, memory: TriggerMemory): Instant | null {
    const { everyMs } = this.#spec;
    const anchorAt = this.#spec.anchorAt ?? memory.anchorAt;
    return anchorAt + (Math.floor((after - anchorAt) / everyMs) + 1) * everyMs;
  }

  describe(locale: Locale): string {
    return everyText(this.#spec.everyMs, locale);
  }
}

export const compileInterval: CompileKind<'interval'> = (spec) => new IntervalTrigger(spec);

import type { TriggerMemory } from '../model/trigger-memory.ts';
import type { Instant } from '../time/instant.ts';

/**
 * The contract of a trigger: when work is due. A trigger is immutable and pure:
 * the same question always has the same answer, in a preview, in the planner
 * and in a simulation. It is compiled from its stored form by `compileTrigger`.
 */
export interface Trigger {
  /** The discriminator of the stored form: `cron`, `interval`, `daily`, … */
  readonly kind: string;

  /**
   * The first instant strictly later than `after` (and later than
   * `memory.previous` where the trigger counts from it), or `null` if there is
   * none up to the year 2199 or if the trigger is driven by events (after other
   * jobs, startup, manual). Never throws; bounded work (≤ 5 ms).
   */
  next(after: Instant, memory: TriggerMemory): Instant | null;

  /**
   * True if `at`, an answer of `next` under this memory, must not be run: a clock
   * change moved it into hours that the calendar excludes, and the day has no
   * others left. It is kept as SKIPPED(calendar). Absent: never.
   */
  readonly excludes?: (at: Instant, memory: TriggerMemory) => boolean;

  /** One sentence for people, without a final stop. */
  describe(locale: Locale): string;
}

export type Locale = 'en' | 'zh-CN';

import { stableFraction } from '../../base/hash.ts';
import type { TriggerMemory } from '../../model/trigger-memory.ts';
import type { RandomSpec } from '../../model/trigger-spec.ts';
import { INSTANT_END, type Instant } from '../../time/instant.ts';
import type { CompileKind } from '../kind.ts';
import type { Locale, Trigger } from '../trigger.ts';
import { ActiveTime, type Stretch } from './active-time.ts';
import { describeRandom } from './describe-random.ts';

/** A chain of draws restarts after this many longest intervals. */
const LENGTHS_PER_WINDOW = 20;
const DRAWS_MAX = 20_000;

/**
 * Each instant follows the former one by a length that a hash of (seed, job
 * name, former instant) draws, uniform in min..max. So nobody can foretell it by
 * looking at the clock, and yet every node and every preview finds the same.
 *
 * Where hours or weekdays are restricted, the draw is uniform in that part of
 * [former + min, former + max] which is active; if none is, in the first
 * active stretch of the same width behind it. On a day of less weight an instant is
 * dropped by a second draw, and the chain goes on from it: so lengths there can
 * exceed max, as they must if there are to be fewer.
 *
 * A question far behind the former instant (after a long stop) does not walk all
 * the way: the chain is begun anew at every 20·max from the former instant, and
 * what it draws beyond such a point is not used. The answer depends only on the
 * window in which it lies, whatever instant was asked for.
 */
class RandomTrigger implements Trigger {
  readonly kind = 'random';
  readonly #spec: RandomSpec;
  readonly #key: string;
  /** `null`: all time is active. */
  readonly #active: ActiveTime | null;

  constructor(spec: RandomSpec, jobName: string, active: ActiveTime | null) {
    this.#spec = spec;
    this.#key = `${spec.seed}|${jobName}`;
    this.#active = active;
  }

  next(after: Instant, memory: TriggerMemory): Instant | null {
    const start = memory.previousAt ?? memory.anchorAt;
    const windowMs = this.#spec.maxMs * LENGTHS_PER_WINDOW;
    let base = start + Math.max(0, Math.floor((after - start) / windowMs)) * windowMs;
    let at = base;
    for (let i = 0; i < DRAWS_MAX; i++) {
      const drawn = this.#draw(at);
      if (drawn === null || drawn >= INSTANT_END) return null;
      if (drawn > base + windowMs) {
        base = this.#windowAfter(base + windowMs, start, windowMs);
        at = base;
        continue;
      }
      if (drawn > after && this.#isKept(drawn)) return drawn;
      at = drawn;
    }
    return null;
  }

  describe(locale: Locale): string {
    return describeRandom(this.#spec, locale);
  }

  /** The begin of the first window from `base` on that holds active time. */
  #windowAfter(base: Instant, start: Instant, windowMs: number): Instant {
    const first = this.#active?.stretches(base).next().value;
    if (first === undefined) return base;
    return start + Math.max(0, Math.floor((first.from - start) / windowMs)) * windowMs;
  }

  #draw(former: Instant): Instant | null {
    const { minMs, maxMs } = this.#spec;
    const fraction = stableFraction(`${this.#key}|${former}`);
    const width = maxMs - minMs + 1;
    if (this.#active === null) return former + minMs + Math.floor(fraction * width);
    const window = { from: former + minMs, to: former + minMs + width };
    let stretches = this.#activeIn(window);
    if (stretches.length === 0) {
      const next = this.#active.stretches(window.to).next().value;
      if (next === undefined) return null;
      stretches = this.#activeIn({ from: next.from, to: Math.min(next.from + width, next.to) });
    }
    return pick(stretches, fraction);
  }

  #activeIn(window: Stretch): readonly Stretch[] {
    const found: Stretch[] = [];
    for (const { from, to } of this.#active?.stretches(window.from) ?? []) {
      if (from >= window.to) break;
      found.push({ from, to: Math.min(to, window.to) });
    }
    return found;
  }

  #isKept(at: Instant): boolean {
    const share = this.#active?.shareAt(at) ?? 1;
    return share === 1 || stableFraction(`${this.#key}|${at}|kept`) < share;
  }
}

/** The millisecond at a fraction of the stretches laid end to end. */
function pick(stretches: readonly Stretch[], fraction: number): Instant | null {
  const total = stretches.reduce((sum, { from, to }) => sum + to - from, 0);
  let rest = Math.floor(fraction * total);
  for (const { from, to } of stretches) {
    if (rest < to - from) return from + rest;
    rest -= to - from;
  }
  return null;
}

export const compileRandom: CompileKind<'random'> = (spec, env) => {
  const restricted = spec.activeHours !== undefined || spec.weekdayWeights !== undefined;
  const active = restricted ? new ActiveTime(spec, env.zones.get(spec.zone)) : null;
  return new RandomTrigger(spec, env.jobName, active);
};

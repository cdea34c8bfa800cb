import type { ZoneTransitions } from '../core/time/zone-data.ts';
import { offsetReader } from './zone-offset.ts';

/**
 * Finds the clock changes of a zone by asking for its offset at many instants.
 *
 * Two changes of one zone are never closer than six days and some hours, and
 * from 2088 on, where only yearly rules are left, never closer than twenty
 * days. So a walk in such steps sees every change, as the offset differs
 * before and after the step. Within a step the change is found by a guess:
 * rules repeat, so the change of a former year, moved by whole weeks to the
 * step at hand, is nearly always right and takes two questions to prove; else
 * bisection finds it to the second. A test compares all zones with the
 * transitions that `Temporal` lists.
 */

const SECOND = 1000;
const DAY = 86_400_000;
const WEEK = 7 * DAY;
/** Some days before 1970, for changes whose repeated hour reaches into it. */
const FROM = -20 * DAY;
const TO = Date.UTC(2200, 0, 1);
const FINE_UNTIL = Date.UTC(2088, 0, 1);
const FINE_STEP = 6 * DAY;
const COARSE_STEP = 20 * DAY;

type Offset = (at: number) => number;

/** The clock changes of a canonical zone name from 1970 to the end of 2199. */
export function findTransitions(name: string): ZoneTransitions {
  const offsetOf = offsetReader(name);
  const startAt: number[] = [Number.NEGATIVE_INFINITY];
  let before = offsetOf(FROM);
  const offsetMs: number[] = [before];
  const guesses = new Guesses();
  for (let at = FROM; at < TO; ) {
    const to = Math.min(TO, at + (at < FINE_UNTIL ? FINE_STEP : COARSE_STEP));
    const after = offsetOf(to);
    if (after !== before) {
      const change = guesses.find(offsetOf, at, to) ?? bisect(offsetOf, at, to);
      if (change < TO) {
        startAt.push(change);
        offsetMs.push(after);
        guesses.add(change);
      }
    }
    before = after;
    at = to;
  }
  return { name, startAt: Float64Array.from(startAt), offsetMs: Float64Array.from(offsetMs) };
}

/** The first instant of whole seconds in (from, to] with the offset of `to`. */
function bisect(offsetOf: Offset, from: number, to: number): number {
  const target = offsetOf(to);
  let low = from / SECOND;
  let high = to / SECOND;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (offsetOf(middle * SECOND) === target) high = middle;
    else low = middle;
  }
  return high * SECOND;
}

/** Times of the week at which the zone has changed its clock, the latest first. */
class Guesses {
  readonly #times: number[] = [];

  add(change: number): void {
    const time = mod(change, WEEK);
    const place = this.#times.indexOf(time);
    if (place >= 0) this.#times.splice(place, 1);
    this.#times.unshift(time);
    this.#times.length = Math.min(this.#times.length, 3);
  }

  /** The change in (from, to], which is known to hold exactly one, if a guess is right. */
  find(offsetOf: Offset, from: number, to: number): number | null {
    for (const time of this.#times) {
      for (let at = from + mod(time - from, WEEK); at <= to; at += WEEK) {
        if (at > from && offsetOf(at - SECOND) !== offsetOf(at)) return at;
      }
    }
    return null;
  }
}

function mod(value: number, size: number): number {
  const rest = value % size;
  return rest < 0 ? rest + size : rest;
}

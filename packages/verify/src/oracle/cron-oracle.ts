import { type OracleExpression, readExpression } from './oracle-fields.ts';
import { OracleZone } from './oracle-zone.ts';

/** What the oracle is asked about. */
export interface OracleQuestion {
  readonly expression: string;
  readonly zone: string;
  readonly dialect?: 'standard' | 'quartz';
  readonly dst?: { readonly gap: 'after' | 'skip'; readonly overlap: 'first' | 'both' | 'last' };
}

const DAY = 86_400_000;
const HOUR = 3_600_000;
const FIRST_DAY = -2;
const LAST_DAY = Date.UTC(2200, 0, 2) / DAY;
const END = Date.UTC(2200, 0, 1);

const zones = new Map<string, OracleZone>();

/** The zone of a name, kept for later questions. */
export function oracleZone(name: string): OracleZone {
  let zone = zones.get(name);
  if (zone === undefined) {
    zone = new OracleZone(name);
    zones.set(name, zone);
  }
  return zone;
}

/**
 * An independent reference for cron in time zones: it walks over all local
 * dates, asks for each whether it matches, walks over all times of the matching
 * ones and looks up at which instants the clock of the zone shows them, with
 * zone data from `Temporal`. It imports nothing of the engine.
 */
export class CronOracle {
  readonly #expression: OracleExpression;
  readonly #zone: OracleZone;
  readonly #gap: 'after' | 'skip';
  readonly #overlap: 'first' | 'both' | 'last';

  constructor(question: OracleQuestion) {
    this.#expression = readExpression(question.expression, question.dialect ?? 'standard');
    this.#zone = oracleZone(question.zone);
    this.#gap = question.dst?.gap ?? (this.#expression.hourly ? 'skip' : 'after');
    this.#overlap = question.dst?.overlap ?? (this.#expression.hourly ? 'both' : 'first');
  }

  /** The first instant later than `after`, or `null`. */
  next(after: number): number | null {
    let best: number | null = null;
    const start = Math.floor((after + this.#zone.offsetAt(after)) / DAY) - 2;
    // A later date can hold an earlier instant where a repeated hour spans
    // midnight, so two more dates are looked at after the first hit.
    let left = 2;
    for (let day = Math.max(start, FIRST_DAY); day <= LAST_DAY && left >= 0; day++) {
      if (this.#dateMatches(day)) {
        for (const at of this.#instantsNear(day, after + 1, best)) {
          if (at > after && (best === null || at < best)) best = at;
        }
      }
      if (best !== null) left--;
    }
    return best;
  }

  /** The last instant earlier than `before`, or `null`. */
  prev(before: number): number | null {
    let best: number | null = null;
    const start = Math.floor((before + this.#zone.offsetAt(before)) / DAY) + 2;
    let left = 2;
    for (let day = Math.min(start, LAST_DAY); day >= FIRST_DAY && left >= 0; day--) {
      if (this.#dateMatches(day)) {
        for (const at of this.#instantsNear(day, best, before - 1)) {
          if (at < before && (best === null || at > best)) best = at;
        }
      }
      if (best !== null) left--;
    }
    return best;
  }

  /** Every instant from `from` (inclusive) to `to` (exclusive), ascending. */
  between(from: number, to: number): number[] {
    const found = new Set<number>();
    const last = Math.floor(to / DAY) + 2;
    for (let day = Math.floor(from / DAY) - 2; day <= last; day++) {
      if (!this.#dateMatches(day)) continue;
      for (const at of this.#instantsNear(day, from, to)) {
        if (at >= from && at < to) found.add(at);
      }
    }
    return [...found].sort((a, b) => a - b);
  }

  #dateMatches(day: number): boolean {
    const date = new Date(day * DAY);
    return this.#expression.matchesDate(
      date.getUTCFullYear(),
      date.getUTCMonth() + 1,
      date.getUTCDate(),
    );
  }

  /** The instants of a date, without times that are hours away from the bounds. */
  *#instantsNear(day: number, from: number | null, to: number | null): Generator<number> {
    const margin = this.#zone.jumpNear(day * DAY) + 2 * HOUR;
    const offset = this.#zone.offsetAt(day * DAY);
    const low = from === null ? Number.NEGATIVE_INFINITY : from + offset - margin;
    const high = to === null ? Number.POSITIVE_INFINITY : to + offset + margin;
    for (const hour of this.#expression.hours) {
      const atHour = day * DAY + hour * HOUR;
      if (atHour + HOUR <= low || atHour > high) continue;
      for (const minute of this.#expression.minutes) {
        for (const second of this.#expression.seconds) {
          yield* this.#instantsOf(atHour + minute * 60_000 + second * 1000);
        }
      }
    }
  }

  #instantsOf(local: number): number[] {
    const copies = this.#zone.instantsOf(local);
    if (copies.length === 0 && this.#gap === 'after') copies.push(this.#zone.gapEnd(local));
    const last = copies.length - 1;
    const chosen = copies.filter((_at, i) => {
      if (this.#overlap === 'both') return true;
      return i === (this.#overlap === 'first' ? 0 : last);
    });
    return chosen.filter((at) => at >= 0 && at < END);
  }
}

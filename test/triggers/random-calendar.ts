import type {
  CalendarLayer,
  CalendarSpec,
} from '../../packages/tickwork/src/core/calendar/calendar-spec.ts';
import type {
  MonthDay,
  RollRule,
  WallClockSpec,
} from '../../packages/tickwork/src/core/model/trigger-spec.ts';
import type { DstRule } from '../../packages/tickwork/src/core/time/dst-rule.ts';
import type { RolledQuestion } from '../../packages/verify/src/oracle/rolled-oracle.ts';

/** The clock change that a case is made for. */
export interface NearChange {
  readonly zone: string;
  readonly at: number;
  /** The reading of the clock just before it, and how far it jumps, in ms. */
  readonly local: number;
  readonly byMs: number;
}

const DAY = 86_400_000;
const MINUTE = 60_000;
const ROLLS: readonly RollRule[] = [
  'skip',
  'following',
  'preceding',
  'modified-following',
  'modified-preceding',
];

/**
 * A random trigger with a random calendar that quarrel at a clock change: most times
 * of the day lie in or beside the lost or repeated stretch, and most calendars exclude
 * its day, the day beside it, or the hours after it.
 */
export function randomQuestion(random: () => number, change: NearChange): RolledQuestion {
  return new QuestionWriter(random, change).write();
}

class QuestionWriter {
  readonly #random: () => number;
  readonly #change: NearChange;
  readonly #day: number;

  constructor(random: () => number, change: NearChange) {
    this.#random = random;
    this.#change = change;
    this.#day = Math.floor(change.local / DAY);
  }

  write(): RolledQuestion {
    const calendar = this.#calendar();
    return { spec: this.#spec(), calendar, roll: this.#pick(ROLLS) };
  }

  #spec(): WallClockSpec {
    const { zone } = this.#change;
    const every = this.#pick([1, 1, 1, 1, 1, 2, 3]);
    const anchorDate = isoDay(this.#day - this.#below(20));
    const wall = { zone, every, anchorDate, dst: this.#dst(), times: this.#times() };
    switch (this.#below(4)) {
      case 0:
        return { kind: 'daily', ...wall };
      case 1:
        return { kind: 'weekly', weekdays: this.#weekdays(4), ...wall };
      case 2:
        return { kind: 'monthly', days: this.#monthDays(), ...wall };
      default:
        return this.#cron(zone);
    }
  }

  #cron(zone: string): WallClockSpec {
    const hour = new Date(this.#change.local + this.#below(3) * 30 * MINUTE).getUTCHours();
    const minutes = this.#pick(['0', '30', '*/20', '15,45', '0']);
    const hours = this.#pick([`${hour}`, `${hour}`, '*', '*/2', '1-3', '0,23', '2']);
    const dates = this.#pick(['*', '*', '*', '1', 'L', '*/2']);
    const weekdays = this.#pick(['*', '*', 'sat,sun', 'sun', 'mon-fri', 'sat']);
    const expression = `${minutes} ${hours} ${dates} * ${weekdays}`;
    const dst = this.#chance(0.4) ? { dst: this.#dst() } : {};
    return { kind: 'cron', expression, zone, dialect: 'standard', ...dst };
  }

  #dst(): DstRule {
    return {
      gap: this.#pick(['after', 'after', 'after', 'skip']),
      overlap: this.#pick(['first', 'first', 'both', 'last']),
    };
  }

  /** In the stretch that the change loses or repeats, at its ends, and far from it. */
  #times(): readonly string[] {
    const { local, byMs } = this.#change;
    const near = [0, 15, 30, 45, -10].map((minutes) => local + minutes * MINUTE);
    const far = ['00:00', '02:30', '03:00', '12:00', '23:30'];
    const all = [...near, local + byMs, local + byMs - MINUTE].map(isoTime);
    const count = this.#below(3);
    const more = Array.from({ length: count }, () => this.#pick(all.concat(far)));
    return [...new Set([this.#pick(all), ...more])].sort();
  }

  #monthDays(): readonly MonthDay[] {
    const date = new Date((this.#day + this.#below(3) - 1) * DAY);
    return Array.from({ length: 1 + this.#below(2) }, (): MonthDay => {
      const nth = this.#pick([1, 2, -1, -2]);
      switch (this.#below(4)) {
        case 0:
          return { nth, weekday: date.getUTCDay() || 7 };
        case 1:
          return { nth, workday: true };
        case 2:
          return { day: -1 - this.#below(3) };
        default:
          return { day: date.getUTCDate() };
      }
    });
  }

  #calendar(): CalendarSpec {
    const exclusive = this.#chance(0.1);
    const layers: CalendarLayer[] = exclusive
      ? [{ name: 'open', effect: 'include', weekdays: [1, 2, 3, 4, 5] }]
      : [];
    const count = this.#pick([1, 1, 1, 2, 2, 3]);
    for (let i = 0; i < count; i++) layers.push(this.#layer(`layer ${i}`));
    return { otherwise: exclusive ? 'exclude' : 'include', layers };
  }

  #layer(name: string): CalendarLayer {
    switch (this.#below(8)) {
      case 0:
        return { name, effect: 'exclude', weekdays: this.#weekdays(3) };
      case 1:
        return { name, effect: 'exclude', dates: this.#dates() };
      case 2: {
        const from = this.#day - this.#below(4);
        const ranges = [{ from: isoDay(from), to: isoDay(from + this.#below(8)) }];
        return { name, effect: 'exclude', ranges };
      }
      case 3:
        return { name, effect: 'include', dates: this.#dates() };
      case 4:
        return this.#interval(name);
      default:
        return this.#hours(name);
    }
  }

  #hours(name: string): CalendarLayer {
    const { local, byMs } = this.#change;
    const after = local + Math.max(0, byMs);
    const times = this.#pick([
      { from: isoTime(after), to: isoTime(after + 90 * MINUTE) },
      { from: isoTime(after), to: isoTime(after + 45 * MINUTE) },
      { from: isoTime(after - 20 * MINUTE), to: isoTime(after + 20 * MINUTE) },
      { from: isoTime(after), to: isoTime(after - 120 * MINUTE) },
      { from: '22:00', to: '06:00' },
      { from: isoTime(after), to: '00:00' },
      { from: '00:00', to: '00:00' },
    ]);
    const effect = this.#chance(0.85) ? 'exclude' : 'include';
    const wholeDay = times.from === times.to;
    const days = wholeDay || this.#chance(0.4) ? { weekdays: this.#weekdays(3) } : {};
    return { name, effect, times: [times], ...days };
  }

  #interval(name: string): CalendarLayer {
    const from = this.#change.local + (1 + this.#below(48) - 24) * 30 * MINUTE;
    const to = from + (1 + this.#below(72)) * 30 * MINUTE;
    const interval = { from: isoLocal(from), to: isoLocal(to) };
    return { name, effect: this.#chance(0.85) ? 'exclude' : 'include', intervals: [interval] };
  }

  #dates(): readonly string[] {
    const days = Array.from({ length: 1 + this.#below(4) }, () => this.#day - 3 + this.#below(8));
    const own = this.#chance(0.5) ? [this.#day] : [];
    return [...new Set([...own, ...days].map(isoDay))].sort();
  }

  /** One to `most` weekdays, more often than not with that of the change. */
  #weekdays(most: number): readonly number[] {
    const days = Array.from({ length: this.#below(most) }, () => 1 + this.#below(7));
    const own = (this.#day + this.#below(3) + 2) % 7;
    return [...new Set([this.#chance(0.7) ? own + 1 : 1 + this.#below(7), ...days])].sort();
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end);
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#below(choices.length)] as T;
  }
}

function isoDay(day: number): string {
  return new Date(day * DAY).toISOString().slice(0, 10);
}

function isoTime(local: number): string {
  return new Date(local).toISOString().slice(11, 16);
}

function isoLocal(local: number): string {
  return new Date(local).toISOString().slice(0, 19);
}

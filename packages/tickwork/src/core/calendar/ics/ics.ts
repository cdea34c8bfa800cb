import { TickworkError } from '../../base/errors.ts';
import { DAY_MS } from '../../time/civil.ts';
import {
  DAY_NUMBER_END,
  formatDate,
  formatLocal,
  parseDate,
  parseTimeOfDay,
} from '../../time/date-text.ts';
import { parseDuration } from '../../time/duration.ts';
import type { LocalMs, Zone } from '../../time/zone.ts';
import type { ZoneTable } from '../../time/zone-table.ts';
import type { CalendarEffect, CalendarLayer, CalendarSpec, Span } from '../calendar-spec.ts';
import { type IcsEvent, type IcsProperty, readEvents } from './ics-lines.ts';
import { expandRule, parseRule } from './ics-rule.ts';

export interface IcsOptions {
  /** The zone in which triggers use the calendar: times of other zones are converted. */
  readonly zone: string;
  readonly zones: ZoneTable;
  /** Events whose summary holds one of these texts are working days, such as `班`. */
  readonly workdaySummaries?: readonly string[];
  /** What to call the text in messages, such as its file name. Default `calendar`. */
  readonly field?: string;
}

const OCCURRENCES_PER_EVENT_MAX = 10_000;
const OCCURRENCES_MAX = 100_000;

/**
 * A calendar that excludes the events of an iCalendar text: whole days for
 * events of dates, intervals for events with times (`DTEND` exclusive; without
 * one a day, or nothing). Recurrence: FREQ YEARLY, MONTHLY, WEEKLY and DAILY
 * with INTERVAL, COUNT, UNTIL, BYDAY, BYMONTH, BYMONTHDAY, WKST; EXDATE, RDATE
 * and moved occurrences (RECURRENCE-ID). Cancelled events are left out.
 *
 * At most 8 MiB, 20,000 events and 10,000 occurrences of each, 100,000 in all.
 * Throws `INVALID_CALENDAR` with the line of what cannot be read, a recurrence
 * with other parts included; retrying cannot help. Source: RFC 5545.
 */
export function calendarFromIcs(text: string, options: IcsOptions): CalendarSpec {
  const field = options.field ?? 'calendar';
  const events = readEvents(text, field).map((event) => new EventReader(event, options, field));
  const moved = new Set(events.map((event) => event.movedKey()).filter((key) => key !== null));
  const holidays: Covered = { days: [], intervals: [] };
  const workdays: Covered = { days: [], intervals: [] };
  let occurrences = 0;
  for (const event of events) {
    if (event.isCancelled()) continue;
    occurrences += event.addTo(event.isWorkday() ? workdays : holidays, moved);
    if (occurrences > OCCURRENCES_MAX) {
      throw new TickworkError('INVALID_CALENDAR', {
        field,
        reason: `holds more than ${OCCURRENCES_MAX} occurrences.`,
        remedy: 'Give its recurring events an end.',
      });
    }
  }
  return {
    otherwise: 'include',
    layers: [
      ...layerOf('holidays', 'exclude', holidays),
      ...layerOf('workdays', 'include', workdays),
    ],
  };
}

interface Covered {
  readonly days: Span<number>[];
  readonly intervals: Span<LocalMs>[];
}

function layerOf(name: string, effect: CalendarEffect, covered: Covered): CalendarLayer[] {
  const { days, intervals } = covered;
  if (days.length === 0 && intervals.length === 0) return [];
  const single = days.filter((span) => span.from === span.to).map((span) => formatDate(span.from));
  const ranges = days.filter((span) => span.to > span.from);
  const layer: CalendarLayer = {
    name,
    effect,
    ...(single.length === 0 ? {} : { dates: [...new Set(single)].sort() }),
    ...(ranges.length === 0 ? {} : { ranges: ranges.map((span) => texts(span, formatDate)) }),
    ...(intervals.length === 0
      ? {}
      : { intervals: intervals.map((span) => texts(span, formatLocal)) }),
  };
  return [layer];
}

function texts(span: Span<number>, format: (value: number) => string): Span<string> {
  return { from: format(span.from), to: format(span.to) };
}

/** A date or a reading of the wall clock in `zone`; `null` = the zone of the calendar. */
interface IcsTime {
  readonly isDate: boolean;
  readonly local: LocalMs;
  readonly zone: Zone | null;
}

/** One VEVENT. Everything is computed in the event's own zone and converted last. */
class EventReader {
  readonly #event: IcsEvent;
  readonly #options: IcsOptions;
  readonly #field: string;

  constructor(event: IcsEvent, options: IcsOptions, field: string) {
    this.#event = event;
    this.#options = options;
    this.#field = field;
  }

  isCancelled(): boolean {
    return this.#find('STATUS')?.value.trim().toUpperCase() === 'CANCELLED';
  }

  isWorkday(): boolean {
    const summary = this.#find('SUMMARY')?.value ?? '';
    return (this.#options.workdaySummaries ?? []).some((text) => summary.includes(text));
  }

  /** The occurrence of another event that this one replaces, or `null`. */
  movedKey(): string | null {
    const property = this.#find('RECURRENCE-ID');
    if (property === null) return null;
    const time = this.#time(property);
    return this.#key(time.local, time.zone);
  }

  /** Adds what the event covers; returns how many occurrences it has. */
  addTo(covered: Covered, moved: ReadonlySet<string | null>): number {
    const property = this.#find('DTSTART');
    if (property === null) return this.#refuse(this.#event[0], 'has no DTSTART.');
    const start = this.#time(property);
    const lengthMs = this.#length(start);
    if (lengthMs <= 0) return 0;
    const isMoved = this.#find('RECURRENCE-ID') !== null;
    const starts = isMoved ? [start.local] : this.#starts(start);
    for (const local of starts) {
      if (!isMoved && moved.has(this.#key(local, start.zone))) continue;
      if (start.isDate) {
        const from = Math.floor(local / DAY_MS);
        const to = Math.min(from + lengthMs / DAY_MS, DAY_NUMBER_END) - 1;
        if (from >= 0 && to >= from) covered.days.push({ from, to });
      } else {
        const [from, to] = [local, local + lengthMs].map((time) => this.#convert(time, start.zone));
        if (from !== undefined && to !== undefined && from >= 0)
          covered.intervals.push({ from, to });
      }
    }
    return starts.length;
  }

  #starts(start: IcsTime): readonly LocalMs[] {
    const property = this.#find('RRULE');
    const firstDay = Math.floor(start.local / DAY_MS);
    const time = start.local - firstDay * DAY_MS;
    const starts = new Set<LocalMs>(property === null ? [start.local] : []);
    if (property !== null) {
      const result = parseRule(property.value);
      if ('reason' in result) return this.#refuse(property, result.reason);
      const until = result.until === null ? null : this.#until(result.until, property, start);
      const last = until === null ? DAY_NUMBER_END : Math.floor((until - time) / DAY_MS);
      const days = expandRule(result.rule, firstDay, last, OCCURRENCES_PER_EVENT_MAX + 1);
      if (days.length > OCCURRENCES_PER_EVENT_MAX) {
        this.#refuse(property, `makes more than ${OCCURRENCES_PER_EVENT_MAX} occurrences.`);
      }
      for (const day of days) starts.add(day * DAY_MS + time);
    }
    for (const extra of this.#times('RDATE')) starts.add(extra.local);
    for (const removed of this.#times('EXDATE')) starts.delete(removed.local);
    return [...starts].sort((left, right) => left - right);
  }

  /** The last reading of the event's wall clock that UNTIL allows. */
  #until(text: string, property: IcsProperty, start: IcsTime): LocalMs {
    const until = this.#read(text, null, property);
    if (until.isDate) return until.local + DAY_MS - 1;
    const isUtc = until.zone !== null;
    return isUtc && start.zone !== null ? start.zone.localAt(until.local) : until.local;
  }

  #length(start: IcsTime): number {
    const end = this.#find('DTEND');
    if (end !== null) return this.#time(end).local - start.local;
    const duration = this.#find('DURATION');
    if (duration === null) return start.isDate ? DAY_MS : 0;
    return parseDuration(duration.value.trim(), { field: this.#place(duration) });
  }

  #convert(local: LocalMs, zone: Zone | null): LocalMs {
    if (zone === null) return local;
    const place = zone.placeOf(local);
    const at = place.kind === 'overlap' ? place.first : place.at;
    return this.#options.zones.get(this.#options.zone).localAt(at);
  }

  #times(name: string): readonly IcsTime[] {
    return this.#event
      .filter((property) => property.name === name)
      .flatMap((property) =>
        property.value
          .split(',')
          .map((text) => this.#read(text, property.parameters.get('TZID') ?? null, property)),
      );
  }

  #time(property: IcsProperty): IcsTime {
    return this.#read(property.value, property.parameters.get('TZID') ?? null, property);
  }

  #read(text: string, zoneName: string | null, property: IcsProperty): IcsTime {
    const match = /^(\d{4})(\d{2})(\d{2})(?:T(\d{2})(\d{2})(\d{2})(Z)?)?$/.exec(text.trim());
    const dayNumber = match === null ? null : parseDate(`${match[1]}-${match[2]}-${match[3]}`);
    if (match === null || dayNumber === null) {
      return this.#refuse(property, 'is no date or time of the years 1970 to 2199.');
    }
    if (match[4] === undefined) return { isDate: true, local: dayNumber * DAY_MS, zone: null };
    const second = match[6] === '60' ? '59' : match[6];
    const seconds = parseTimeOfDay(`${match[4]}:${match[5]}:${second}`);
    if (seconds === null) return this.#refuse(property, 'is no time of day.');
    const name = match[7] === 'Z' ? 'UTC' : zoneName;
    const zone = name === null ? null : this.#options.zones.find(name);
    if (name !== null && zone === null)
      return this.#refuse(property, `names the unknown zone ${name}.`);
    return { isDate: false, local: dayNumber * DAY_MS + seconds * 1000, zone };
  }

  #key(local: LocalMs, zone: Zone | null): string {
    return `${this.#find('UID')?.value ?? ''}|${this.#convert(local, zone)}`;
  }

  #find(name: string): IcsProperty | null {
    return this.#event.find((property) => property.name === name) ?? null;
  }

  #place(property: IcsProperty | undefined): string {
    return property === undefined ? this.#field : `${this.#field}, line ${property.line}`;
  }

  #refuse(property: IcsProperty | undefined, reason: string): never {
    throw new TickworkError('INVALID_CALENDAR', {
      field: this.#place(property),
      value: property?.value,
      reason,
      remedy: 'Mend the event or leave it out.',
    });
  }
}

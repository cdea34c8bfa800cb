import { Calendar } from './calendar.ts';
import type { CalendarSpec } from './calendar-spec.ts';

/** Where triggers find the calendars they name. */
export interface CalendarSource {
  /** The calendar of a name, or `undefined`. The same object for the same name. */
  get(name: string): Calendar | undefined;
}

/** For schedulers without calendars. */
export const noCalendars: CalendarSource = { get: () => undefined };

/** A source over stored forms; each calendar is compiled when it is first asked for. */
export function calendarSource(specs: Readonly<Record<string, CalendarSpec>>): CalendarSource {
  const compiled = new Map<string, Calendar>();
  return {
    get(name) {
      const known = compiled.get(name);
      if (known !== undefined) return known;
      const spec = Object.hasOwn(specs, name) ? specs[name] : undefined;
      if (spec === undefined) return undefined;
      const calendar = new Calendar(name, spec);
      compiled.set(name, calendar);
      return calendar;
    },
  };
}

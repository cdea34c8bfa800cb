import { civilFromDays, DAY_MS, daysFromCivil, monthLength } from './civil.ts';

/** The first day number that schedules look at: 1970-01-01. */
export const DAY_NUMBER_MIN = 0;

/** The day number after the last one that schedules look at: 2200-01-01. */
export const DAY_NUMBER_END = 84_006;

/** The day number of `YYYY-MM-DD`, or `null` if it is no date of the years 1970 to 2199. */
export function parseDate(text: string): number | null {
  const match = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return null;
  const [year, month, day] = [Number(match[1]), Number(match[2]), Number(match[3])];
  if (month < 1 || month > 12 || day < 1 || day > monthLength(year, month)) return null;
  const dayNumber = daysFromCivil(year, month, day);
  return dayNumber >= DAY_NUMBER_MIN && dayNumber < DAY_NUMBER_END ? dayNumber : null;
}

/** `YYYY-MM-DD` of a day number. */
export function formatDate(dayNumber: number): string {
  const { year, month, day } = civilFromDays(dayNumber);
  return `${String(year).padStart(4, '0')}-${two(month)}-${two(day)}`;
}

/** Month and day as one number, `month * 32 + day`, of `MM-DD`; `null` if no year has it. */
export function parseMonthDay(text: string): number | null {
  const match = /^(\d{2})-(\d{2})$/.exec(text);
  if (match === null) return null;
  const [month, day] = [Number(match[1]), Number(match[2])];
  const exists = month >= 1 && month <= 12 && day >= 1 && day <= monthLength(2000, month);
  return exists ? month * 32 + day : null;
}

/** Seconds from midnight of `HH:MM` or `HH:MM:SS` (hours may have one digit), or `null`. */
export function parseTimeOfDay(text: string): number | null {
  const match = /^(\d{1,2}):(\d{2})(?::(\d{2}))?$/.exec(text);
  if (match === null) return null;
  const [hour, minute, second] = [Number(match[1]), Number(match[2]), Number(match[3] ?? 0)];
  if (hour > 23 || minute > 59 || second > 59) return null;
  return hour * 3600 + minute * 60 + second;
}

/** `HH:MM`, or `HH:MM:SS` where the seconds are not 0, of seconds from midnight. */
export function formatTimeOfDay(seconds: number): string {
  const text = `${two(Math.floor(seconds / 3600))}:${two(Math.floor(seconds / 60) % 60)}`;
  return seconds % 60 === 0 ? text : `${text}:${two(seconds % 60)}`;
}

/** `YYYY-MM-DDTHH:MM:SS` of a reading of the wall clock; parts of a second are cut off. */
export function formatLocal(local: number): string {
  const dayNumber = Math.floor(local / DAY_MS);
  const seconds = Math.floor((local - dayNumber * DAY_MS) / 1000);
  const time = formatTimeOfDay(seconds);
  return `${formatDate(dayNumber)}T${time.length === 5 ? `${time}:00` : time}`;
}

/** The wall clock reading of `YYYY-MM-DDTHH:MM[:SS]` (`T` or a space) in ms, or `null`. */
export function parseLocal(text: string): number | null {
  const dayNumber = parseDate(text.slice(0, 10));
  const separator = text[10];
  const time = parseTimeOfDay(text.slice(11));
  if (dayNumber === null || time === null || (separator !== 'T' && separator !== ' ')) return null;
  return dayNumber * DAY_MS + time * 1000;
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}

import { stableHash } from '../base/hash.ts';
import type { CalendarSpec } from './calendar-spec.ts';

/**
 * A text of 16 hexadecimal digits that is equal for calendars of equal content
 * and changes with the content; kept with what was planned under it.
 */
export function calendarVersion(spec: CalendarSpec): string {
  const text = canonical(spec);
  return `${hex(stableHash(text))}${hex(stableHash(`calendar|${text}`))}`;
}

/** JSON with sorted keys, so that the order in which somebody wrote them does not count. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const entries = Object.entries(value)
    .filter((entry) => entry[1] !== undefined)
    .sort(([left], [right]) => (left < right ? -1 : 1));
  return `{${entries.map(([key, part]) => `${JSON.stringify(key)}:${canonical(part)}`).join(',')}}`;
}

function hex(hash: number): string {
  return hash.toString(16).padStart(8, '0');
}

import { parseWeekdayRange } from '../../time/weekday-text.ts';
import { listOf, refuse } from './form.ts';

/** ISO weekdays, ascending: `mon,wed`, `mon-fri`, `fri-mon`, `weekdays`, `weekend`, 1 to 7. */
export function parseWeekdays(input: unknown, field: string): readonly number[] {
  const found = new Set<number>();
  for (const [entry, place] of listOf(input, field)) {
    const parts = typeof entry === 'string' ? entry.split(/[\s,]+/) : [entry];
    for (const part of parts) {
      for (const weekday of weekdaysOf(part, place)) found.add(weekday);
    }
  }
  return [...found].sort((left, right) => left - right);
}

function weekdaysOf(input: unknown, field: string): readonly number[] {
  const weekdays = parseWeekdayRange(input);
  if (weekdays !== null) return weekdays;
  return refuse({
    field,
    value: input,
    reason: 'is no weekday.',
    remedy: 'Write mon, tue, wed, thu, fri, sat, sun, mon-fri, or 1 (Monday) to 7.',
  });
}

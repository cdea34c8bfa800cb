import { formatTimeOfDay, parseTimeOfDay } from '../../time/date-text.ts';
import { listOf, refuse } from './form.ts';

/** Times of day in the stored form, ascending and without repetitions. */
export function parseTimes(input: unknown, field: string): readonly string[] {
  const seconds = new Set<number>();
  for (const [entry, place] of listOf(input, field)) {
    const parts = typeof entry === 'string' ? entry.split(/[\s,]+/) : [entry];
    for (const part of parts) seconds.add(parseTime(part, place));
  }
  return [...seconds].sort((left, right) => left - right).map(formatTimeOfDay);
}

function parseTime(input: unknown, field: string): number {
  const seconds = typeof input === 'string' ? parseTimeOfDay(input) : null;
  if (seconds !== null) return seconds;
  return refuse({
    field,
    value: input,
    reason: 'is no time of day.',
    remedy: 'Write HH:MM or HH:MM:SS from 00:00 to 23:59:59.',
  });
}

/** `mon,wed 09:00,17:00` cut where the first time begins. */
export function splitDaysAndTimes(text: string, field: string): { days: string; times: string } {
  const match = /^(.*?)\s+(\d{1,2}:\d{2}.*)$/.exec(text.trim());
  if (match === null) {
    return refuse({
      field,
      value: text,
      reason: 'does not name days and then a time.',
      remedy: 'Write the days, a space and the times, such as `mon,wed 09:00`.',
    });
  }
  return { days: match[1] ?? '', times: match[2] ?? '' };
}

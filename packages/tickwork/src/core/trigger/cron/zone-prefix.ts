import type { CronSource } from './cron-refusal.ts';
import { refuseCron } from './cron-refusal.ts';

/** The zone of a `CRON_TZ=` or `TZ=` prefix, as written or `null`, and where the rest begins. */
export function takeZonePrefix(source: CronSource): { zone: string | null; start: number } {
  const { text } = source;
  const begin = skipSpace(text, 0);
  const word = text.startsWith('CRON_TZ=', begin) ? 8 : text.startsWith('TZ=', begin) ? 3 : 0;
  if (word === 0) return { zone: null, start: begin };
  let end = begin + word;
  while (end < text.length && !isSpace(text.charCodeAt(end))) end++;
  const zone = text.slice(begin + word, end);
  if (zone === '') refuseCron(source, 'the zone prefix names no zone.', 'Write CRON_TZ=UTC.');
  return { zone, start: skipSpace(text, end) };
}

/** The first position from `from` on that holds no space. */
export function skipSpace(text: string, from: number): number {
  let at = from;
  while (at < text.length && isSpace(text.charCodeAt(at))) at++;
  return at;
}

/** True for a space, a tab and line ends. */
export function isSpace(code: number): boolean {
  return code === 32 || (code >= 9 && code <= 13);
}

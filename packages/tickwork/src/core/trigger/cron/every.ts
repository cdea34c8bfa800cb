import { TickworkError } from '../../base/errors.ts';
import { formatDuration, parseDuration } from '../../time/duration.ts';
import type { DurationMs } from '../../time/instant.ts';
import { refuseCron } from './cron-refusal.ts';
import { takeZonePrefix } from './zone-prefix.ts';

/** An anchored interval: it fires at `phaseMs + k·everyMs` counted from 1970-01-01T00:00:00Z. */
export interface EveryExpression {
  readonly everyMs: DurationMs;
  /** From 0 to `everyMs`, exclusive. */
  readonly phaseMs: DurationMs;
}

const EVERY_MS_MIN = 1;
const CHARACTERS_MAX = 256;
const NAME = '@every';

/**
 * The interval of `@every 90m` or `@every 90m/5m` (a phase after the slash), or
 * `null` if the text is no `@every`. A zone prefix is passed over: an interval
 * knows no zone. Intervals are counted from 1970-01-01T00:00:00Z, so
 * that the instants are the same on every node and after every start.
 *
 * Throws `INVALID_CRON` for a length that cannot be read, is 0, or a phase that
 * is not shorter than the interval; retrying cannot help. Source: robfig/cron
 * for the word, Temporal's interval specification for the anchor and the phase.
 */
export function parseEvery(text: string, field = 'cron'): EveryExpression | null {
  const source = { field, text };
  if (text.length > CHARACTERS_MAX || !text.includes('@')) return null;
  const trimmed = text.slice(takeZonePrefix(source).start).trim();
  if (trimmed.slice(0, NAME.length).toLowerCase() !== NAME) return null;
  const rest = trimmed.slice(NAME.length);
  if (rest !== '' && rest[0] !== ' ' && rest[0] !== '\t') return null;
  const slash = rest.indexOf('/');
  const everyMs = readLength(slash < 0 ? rest : rest.slice(0, slash), source);
  const phaseMs = slash < 0 ? 0 : readLength(rest.slice(slash + 1), source);
  if (everyMs < EVERY_MS_MIN) {
    refuseCron(source, 'the interval has no length.', 'Write an interval such as @every 90m.');
  }
  if (phaseMs >= everyMs) {
    refuseCron(
      source,
      'the phase after "/" is not shorter than the interval.',
      `Write a phase below ${formatDuration(everyMs)}.`,
    );
  }
  return { everyMs, phaseMs };
}

function readLength(text: string, source: { field: string; text: string }): DurationMs {
  try {
    return parseDuration(text);
  } catch (cause) {
    if (!(cause instanceof TickworkError)) throw cause;
    return refuseCron(
      source,
      `${JSON.stringify(text.trim())} ${cause.reason}`,
      'An interval looks like @every 90m or @every 90m/5m.',
    );
  }
}

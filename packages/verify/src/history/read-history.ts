import { TickworkError } from '../../../tickwork/src/core/base/errors.ts';
import { eventMistake } from './event-shapes.ts';
import type { HistoryEvent } from './history.ts';

/**
 * Reads JSON lines into the events of a history, in the order of `i`. Blank lines are
 * passed over. Throws INVALID_INPUT naming `file` and line for text that is no JSON, for
 * events of no known `src` and `type` or without what they must hold, and for an `i` that
 * was used before.
 */
export function readHistory(text: string, file = 'history'): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  const lineOf = new Map<number, number>();
  let number = 0;
  for (let from = 0; from < text.length; ) {
    const newline = text.indexOf('\n', from);
    const to = newline < 0 ? text.length : newline;
    const line = text.slice(from, to);
    from = to + 1;
    number += 1;
    if (line.trim() === '') continue;
    const event = readLine(line, `${file}:${number}`);
    const before = lineOf.get(event.i);
    if (before !== undefined) {
      throw refusal(`${file}:${number}`, line, `has the \`i\` of line ${before}.`);
    }
    lineOf.set(event.i, number);
    events.push(event);
  }
  return events.sort((a, b) => a.i - b.i);
}

function readLine(line: string, place: string): HistoryEvent {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw refusal(place, line, 'is not JSON.');
  }
  const mistake = eventMistake(value);
  if (mistake !== null) throw refusal(place, line, mistake);
  return value as HistoryEvent;
}

function refusal(place: string, line: string, reason: string): TickworkError {
  return new TickworkError('INVALID_INPUT', {
    field: place,
    value: line,
    reason,
    remedy: 'Each line must be one event as docs/reference/history.md describes it.',
  });
}

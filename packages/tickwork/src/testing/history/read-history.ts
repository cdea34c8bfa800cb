import { TickworkError } from '../../core/model/errors.ts';
import type { HistoryEvent } from './history.ts';

const sources: readonly string[] = ['harness', 'client', 'witness', 'sut', 'nemesis', 'clock'];

/**
 * Reads JSON lines into the events of a history, in the order of `i`. Blank lines are
 * passed over. Throws INVALID_INPUT naming the line for text that is no JSON, and for
 * objects without `i`, `t`, a known `src` and a `type`.
 */
export function readHistory(text: string): HistoryEvent[] {
  const events: HistoryEvent[] = [];
  for (const [index, line] of text.split('\n').entries()) {
    if (line.trim() !== '') events.push(readLine(line, index + 1));
  }
  return events.sort((a, b) => a.i - b.i);
}

function readLine(line: string, number: number): HistoryEvent {
  const refuse = (reason: string): TickworkError =>
    new TickworkError('INVALID_INPUT', {
      field: `history line ${number}`,
      value: line,
      reason,
      remedy: 'Each line must be one event as docs/reference/history.md describes it.',
    });
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    throw refuse('is not JSON.');
  }
  if (typeof value !== 'object' || value === null) throw refuse('is not an object.');
  const event = value as Partial<HistoryEvent>;
  if (typeof event.i !== 'number') throw refuse('has no number `i`.');
  if (typeof event.t !== 'number') throw refuse('has no time `t`.');
  if (!sources.includes(event.src ?? '')) throw refuse(`has no \`src\` of ${sources.join(', ')}.`);
  if (typeof event.type !== 'string') throw refuse('has no `type`.');
  return event as HistoryEvent;
}

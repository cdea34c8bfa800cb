import { parseDuration } from '../../time/duration.ts';
import type { DurationMs } from '../../time/instant.ts';
import { textOf } from './form.ts';

/** Shorter intervals cost more in planning than they are worth; loops belong into a task. */
export const EVERY_MS_MIN: DurationMs = 10;

/** The length between two instants, at least `EVERY_MS_MIN`. */
export function parseLength(input: unknown, field: string): DurationMs {
  const text = textOf(typeof input === 'number' ? String(input) : input, field, 64);
  return parseDuration(text, { field, minMs: EVERY_MS_MIN });
}

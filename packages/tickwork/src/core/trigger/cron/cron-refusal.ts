import { TickworkError } from '../../base/errors.ts';

/** How messages about an expression begin. */
export interface CronSource {
  /** The option the text comes from. */
  readonly field: string;
  /** The whole text, as written. */
  readonly text: string;
}

/** Throws `INVALID_CRON` with the whole expression, the reason and what to write instead. */
export function refuseCron(source: CronSource, reason: string, remedy: string): never {
  throw new TickworkError('INVALID_CRON', {
    field: source.field,
    value: source.text,
    reason,
    remedy,
  });
}

/** A piece of the user's text, quoted and cut to a length fit for a message. */
export function quote(piece: string): string {
  const short = piece.length > 40 ? `${piece.slice(0, 40)}…` : piece;
  return JSON.stringify(short);
}

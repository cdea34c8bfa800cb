import { TickworkError } from '../base/errors.ts';

const PAGE_DEFAULT = 100;
export const PAGE_MAX = 1_000;

/** A page as the port wants it. Throws INVALID_INPUT for a limit that is not 1 to 1,000. */
export function pageOf(page: { after?: string | null; limit?: number }): {
  after: string | null;
  limit: number;
} {
  const limit = page.limit ?? PAGE_DEFAULT;
  if (!Number.isInteger(limit) || limit < 1 || limit > PAGE_MAX) {
    throw new TickworkError('INVALID_INPUT', {
      field: 'limit',
      value: limit,
      reason: `must be a whole number from 1 to ${PAGE_MAX}.`,
    });
  }
  return { after: page.after ?? null, limit };
}

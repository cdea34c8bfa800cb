import { formatLocal } from '../../time/date-text.ts';
import type { Instant } from '../../time/instant.ts';

/** `2026-12-01 09:00:00 UTC`; seconds and their parts only where they are not 0. */
export function instantText(at: Instant): string {
  const text = formatLocal(at).replace('T', ' ');
  const ms = at % 1000;
  if (ms !== 0) return `${text}.${String(ms).padStart(3, '0')} UTC`;
  return `${text.endsWith(':00') ? text.slice(0, -3) : text} UTC`;
}

import type { Json } from '../../../tickwork/src/core/base/json.ts';

export const verdictNames = [
  'missed',
  'unjustified-skip',
  'doubled-fire',
  'extra',
  'late',
  'doubled-attempt',
  'overlap',
  'over-limit',
  'stale-effect',
  'lost-result',
  'stuck',
  'retry-fault',
  'accounting',
] as const;

export type VerdictName = (typeof verdictNames)[number];

/** One thing a history shows that must not happen, with the facts that show it. */
export interface Violation {
  readonly verdict: VerdictName;
  /** One sentence with the values. */
  readonly text: string;
  readonly sched: string | null;
  readonly runId: string | null;
  readonly facts: Readonly<Record<string, Json>>;
}

/** An instant in text, for messages. */
export function showInstant(instant: number): string {
  if (!Number.isFinite(instant)) return String(instant);
  return new Date(Math.round(instant)).toISOString();
}

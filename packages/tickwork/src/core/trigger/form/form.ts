import type { InputObject } from '../../base/check-keys.ts';
import { joinField } from '../../base/check-keys.ts';
import { type ErrorCode, TickworkError } from '../../base/errors.ts';
import type { TriggerSpec } from '../../model/trigger-spec.ts';
import type { DstRule } from '../../time/dst-rule.ts';
import type { Instant } from '../../time/instant.ts';
import type { Zone } from '../../time/zone.ts';
import type { ZoneTable } from '../../time/zone-table.ts';

/** What a form may know besides the input. */
export interface FormPlace {
  /** The place of the trigger, as the user wrote it; `''` at the top. */
  readonly field: string;
  /** The zone of the trigger: its own, else the job's. */
  readonly zone: Zone;
  /** True if the trigger itself names the zone. */
  readonly ownZone: boolean;
  readonly zones: ZoneTable;
  readonly now: Instant;
  /** The rule for clock changes as written; parts that are absent are defaults. */
  readonly dst: Partial<DstRule> | null;
  /** The instant of `startAt`, if there is one. */
  readonly startAt: Instant | null;
}

/**
 * One way to write a trigger: the key that selects it, the further keys it
 * takes, and how it is read. Several specs are a union.
 */
export interface TriggerForm {
  readonly key: string;
  readonly options: readonly string[];
  /** True if `dst` means something for it. */
  readonly hasDst: boolean;
  parse(input: InputObject, place: FormPlace): readonly TriggerSpec[];
}

export const defaultDst: DstRule = { gap: 'after', overlap: 'first' };

/** The rule for clock changes of a kind with times of day. */
export function dstOf(place: FormPlace): DstRule {
  return { ...defaultDst, ...place.dst };
}

export interface Refusal {
  readonly field: string;
  readonly value?: unknown;
  readonly reason: string;
  readonly remedy: string;
}

export function refuse(refusal: Refusal, code: ErrorCode = 'INVALID_TRIGGER'): never {
  throw new TickworkError(code, refusal);
}

/** The entries of a list; a text is cut at commas, anything else stands alone. */
export function listOf(input: unknown, field: string): readonly (readonly [unknown, string])[] {
  if (typeof input === 'string')
    return input.split(',').map((part) => [part.trim(), field] as const);
  if (!Array.isArray(input)) return [[input, field]];
  if (input.length === 0 || input.length > ENTRIES_MAX) {
    const reason = input.length === 0 ? 'is empty.' : `has more than ${ENTRIES_MAX} entries.`;
    refuse({ field, value: input.length, reason, remedy: 'Name one entry or several.' });
  }
  return input.map((entry: unknown, i) => [entry, joinField(field, i)] as const);
}

export const ENTRIES_MAX = 1000;

/** A whole number within bounds, both inclusive. */
export function integerOf(
  input: unknown,
  field: string,
  bounds: { readonly min: number; readonly max: number },
): number {
  const valid = typeof input === 'number' && Number.isInteger(input);
  if (valid && input >= bounds.min && input <= bounds.max) return input;
  return refuse({
    field,
    value: input,
    reason: `is no whole number from ${bounds.min} to ${bounds.max}.`,
    remedy: `Write a number such as ${bounds.min}.`,
  });
}

/** One of the words; a wrong one is refused with all of them. */
export function wordOf<Word extends string>(
  input: unknown,
  field: string,
  words: readonly Word[],
): Word {
  const found = words.find((word) => word === input);
  if (found !== undefined) return found;
  const list = words.map((word) => `\`${word}\``).join(', ');
  return refuse({ field, value: input, reason: 'is not known here.', remedy: `Write ${list}.` });
}

/** A text of 1 to `max` characters. */
export function textOf(input: unknown, field: string, max: number): string {
  if (typeof input === 'string' && input.trim() !== '' && input.length <= max) return input;
  return refuse({
    field,
    value: input,
    reason: `is no text of 1 to ${max} characters.`,
    remedy: 'Write a text.',
  });
}

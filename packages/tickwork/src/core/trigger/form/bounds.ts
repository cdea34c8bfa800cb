import { type InputObject, joinField } from '../../base/check-keys.ts';
import type { RollRule, TriggerBounds } from '../../model/trigger-spec.ts';
import type { DstRule } from '../../time/dst-rule.ts';
import { parseDuration } from '../../time/duration.ts';
import { parseInstant } from '../../time/parse-instant.ts';
import { type FormPlace, integerOf, refuse, textOf, wordOf } from './form.ts';

/** The keys that any trigger may carry. */
export const commonKeys = [
  'zone',
  'startAt',
  'endAt',
  'runsMax',
  'limit',
  'jitter',
  'calendar',
  'roll',
  'dst',
] as const;

const RUNS_MAX = 1_000_000_000;
const ROLLS: readonly RollRule[] = [
  'skip',
  'following',
  'preceding',
  'modified-following',
  'modified-preceding',
];

/** The common options but `zone` and `dst`, which belong to the kinds. */
export function parseBounds(input: InputObject, place: FormPlace): TriggerBounds {
  const at = (key: string) => joinField(place.field, key);
  const { zone, startAt } = place;
  const end = input.endAt;
  const endAt =
    end === undefined ? null : parseInstant(end, { zone, field: at('endAt'), dateAs: 'end' });
  if (endAt !== null && startAt !== null && endAt < startAt) {
    refuse({
      field: at('endAt'),
      value: end,
      reason: 'lies before `startAt`.',
      remedy: 'Exchange the two.',
    });
  }
  const runsMax = parseRunsMax(input, place.field);
  const jitterMs = parseJitter(input.jitter, at('jitter'));
  return {
    ...(startAt === null ? {} : { startAt }),
    ...(endAt === null ? {} : { endAt }),
    ...(runsMax === null ? {} : { runsMax }),
    ...(jitterMs === 0 ? {} : { jitterMs }),
    ...parseCalendarUse(input, place),
  };
}

function parseRunsMax(input: InputObject, field: string): number | null {
  const { runsMax, limit } = input;
  if (runsMax !== undefined && limit !== undefined) {
    refuse({
      field: joinField(field, 'limit'),
      value: limit,
      reason: 'says the same as `runsMax`.',
      remedy: 'Leave one of the two out.',
    });
  }
  const key = runsMax === undefined ? 'limit' : 'runsMax';
  if (input[key] === undefined) return null;
  return integerOf(input[key], joinField(field, key), { min: 1, max: RUNS_MAX });
}

function parseJitter(input: unknown, field: string): number {
  return input === undefined ? 0 : parseDuration(textOf(input, field, 64), { field });
}

function parseCalendarUse(input: InputObject, place: FormPlace): TriggerBounds {
  const at = (key: string) => joinField(place.field, key);
  const { calendar, roll } = input;
  if (calendar === undefined) {
    if (roll === undefined) return {};
    return refuse({
      field: at('roll'),
      value: roll,
      reason: 'means nothing without `calendar`.',
      remedy: 'Name a calendar.',
    });
  }
  const rule = wordOf(roll ?? 'skip', at('roll'), ROLLS);
  return {
    calendar: textOf(calendar, at('calendar'), 200),
    calendarZone: place.zone.name,
    ...(rule === 'skip' ? {} : { roll: rule }),
  };
}

/** `ocps` or the parts that are written; `null` if there is nothing. */
export function parseDst(input: unknown, field: string): Partial<DstRule> | null {
  if (input === undefined) return null;
  if (input === 'ocps') return { gap: 'skip', overlap: 'first' };
  if (typeof input !== 'object' || input === null) {
    return refuse({
      field,
      value: input,
      reason: 'is no rule for clock changes.',
      remedy: 'Write `ocps` or {gap: after|skip, overlap: first|both|last}.',
    });
  }
  for (const key of Object.keys(input)) wordOf(key, field, ['gap', 'overlap']);
  const { gap, overlap } = input as Readonly<Record<string, unknown>>;
  return {
    ...(gap === undefined ? {} : { gap: wordOf(gap, joinField(field, 'gap'), ['after', 'skip']) }),
    ...(overlap === undefined
      ? {}
      : { overlap: wordOf(overlap, joinField(field, 'overlap'), ['first', 'both', 'last']) }),
  };
}

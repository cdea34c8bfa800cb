import { refuseUnreadable } from '../base/bounded-text.ts';
import { checkKeys, type InputObject, isInputObject, joinField } from '../base/check-keys.ts';
import { closestWord } from '../base/closest-word.ts';
import { hasTimeOfDay, type TriggerBounds, type TriggerSpec } from '../model/trigger-spec.ts';
import type { Instant } from '../time/instant.ts';
import { parseInstant } from '../time/parse-instant.ts';
import type { ZoneTable } from '../time/zone-table.ts';
import { commonKeys, parseBounds, parseDst } from './form/bounds.ts';
import { ENTRIES_MAX, type FormPlace, refuse, type TriggerForm, textOf } from './form/form.ts';
import { refuseImpossible } from './refuse-impossible.ts';
import type { TriggerInput } from './trigger-input.ts';
import { triggerForms } from './trigger-kinds.ts';

export interface ParseDefaults {
  /** The IANA name for triggers that name no zone. */
  readonly zone: string;
  /** Decides whether `once` is past, and anchors `everyDays` and the like. */
  readonly now: Instant;
  readonly zones: ZoneTable;
  /** The place of the trigger, for messages, such as `jobs.backup.trigger`. Default: none. */
  readonly field?: string;
}

const UNION = 'any';
const MEMBERS_MAX = 100;

/** The keys that name a kind; a trigger has exactly one of them. */
export const triggerKindKeys: readonly string[] = [...triggerForms.map((form) => form.key), UNION];

/** Every key that a trigger may have, for callers that mix triggers with other options. */
export const triggerKeys: readonly string[] = [
  ...new Set([...triggerKindKeys, ...triggerForms.flatMap((form) => form.options), ...commonKeys]),
];

/**
 * The stored form of what a user wrote: complete, with absolute units and zone
 * names, plain JSON. See `TriggerInput` for what may be written; a list is the
 * union of its entries. Names of calendars and other jobs are not looked up.
 *
 * Throws, with the path of the wrong value, `INVALID_TRIGGER`, `INVALID_CRON`,
 * `INVALID_ZONE`, `INVALID_DURATION`, `INVALID_INSTANT`, `RUN_AT_PAST` for a
 * `once` older than a second, and `NEVER_FIRES` for what has no instant at all
 * (such as 30 February). Retrying cannot help.
 */
export function parseTrigger(
  input: TriggerInput | readonly TriggerInput[],
  defaults: ParseDefaults,
): TriggerSpec {
  const field = defaults.field ?? '';
  const given: unknown = input;
  refuseUnreadable(given, { code: 'INVALID_TRIGGER', field });
  const spec = Array.isArray(given)
    ? unite(parseMembers(given, field, defaults), {}, field)
    : parseObject(objectOf(given, field), field, defaults, true);
  refuseImpossible(spec, defaults);
  return spec;
}

function objectOf(input: unknown, field: string): InputObject {
  if (typeof input === 'string') return { cron: input };
  if (isInputObject(input)) return input;
  return refuse({
    field: field === '' ? 'trigger' : field,
    value: input,
    reason: 'is no trigger.',
    remedy: "Write an object such as {every: '30s'} or a cron expression.",
  });
}

function parseObject(
  input: InputObject,
  field: string,
  defaults: ParseDefaults,
  mayUnite: boolean,
): TriggerSpec {
  const form = formOf(input, field);
  const place = placeOf(input, field, defaults);
  if (form === null) {
    const what = 'a union of triggers';
    checkKeys(input, [UNION, ...commonKeys], { code: 'INVALID_TRIGGER', field, what });
    const members = input[UNION];
    const memberField = joinField(field, UNION);
    if (!mayUnite || !Array.isArray(members)) return refuseUnion(members, memberField, mayUnite);
    refuseOption(input, 'dst', field, 'is an option of the members.');
    const inherited = { ...defaults, zone: place.zone.name };
    const specs = parseMembers(members, memberField, inherited);
    return unite(specs, boundsOf(input, place, specs), field);
  }
  const known = [form.key, ...form.options, ...commonKeys];
  checkKeys(input, known, { code: 'INVALID_TRIGGER', field, what: `\`${form.key}\`` });
  // Without a time of day there is nothing that a clock change moves.
  if (!form.hasDst) refuseOption(input, 'dst', field, `means nothing for \`${form.key}\`.`);
  const specs = form.parse(input, place);
  return unite(specs, boundsOf(input, place, specs), field);
}

/** The bounds of a trigger or union. Without a time of day there is nothing that could roll. */
function boundsOf(
  input: InputObject,
  place: FormPlace,
  specs: readonly TriggerSpec[],
): TriggerBounds {
  const bounds = parseBounds(input, place);
  const timeless = specs.find((spec) => !hasTimeOfDay(spec));
  if (bounds.roll !== undefined && timeless !== undefined) {
    refuse({
      field: joinField(place.field, 'roll'),
      value: bounds.roll,
      reason: `means nothing for a trigger of kind \`${timeless.kind}\`: it has no time of day.`,
      remedy: specs.length > 1 ? 'Put it on the members that have one.' : 'Leave it out.',
    });
  }
  return bounds;
}

/** The form that the input selects; `null` = the union. Exactly one key must name a kind. */
function formOf(input: InputObject, field: string): TriggerForm | null {
  const found = triggerKindKeys.filter((key) => input[key] !== undefined);
  const [key, second] = found;
  if (key !== undefined && second === undefined) {
    return triggerForms.find((form) => form.key === key) ?? null;
  }
  const place = field === '' ? 'trigger' : field;
  if (key !== undefined) {
    return refuse({
      field: place,
      value: input,
      reason: `has ${found.map((name) => `\`${name}\``).join(' and ')}; one is allowed.`,
      remedy: `Put them into a list to fire at both: [{${key}: …}, {${second}: …}].`,
    });
  }
  const meant = Object.keys(input)
    .map((name) => closestWord(name, triggerKindKeys))
    .find((name) => name !== null);
  return refuse({
    field: place,
    value: input,
    reason: 'does not say when to fire.',
    remedy:
      meant === undefined
        ? `Write one of ${triggerKindKeys.join(', ')}.`
        : `Did you mean \`${meant}\`?`,
  });
}

function placeOf(input: InputObject, field: string, defaults: ParseDefaults): FormPlace {
  const { zones, now } = defaults;
  const own = input.zone;
  const zoneField = joinField(field, 'zone');
  const name = own === undefined ? defaults.zone : textOf(own, zoneField, 64);
  const zone = zones.get(name, zoneField);
  const startField = joinField(field, 'startAt');
  const start = input.startAt;
  return {
    field,
    zone,
    ownZone: own !== undefined,
    zones,
    now,
    dst: parseDst(input.dst, joinField(field, 'dst')),
    startAt: start === undefined ? null : parseInstant(start, { zone, field: startField }),
  };
}

function parseMembers(
  inputs: readonly unknown[],
  field: string,
  defaults: ParseDefaults,
): readonly TriggerSpec[] {
  if (inputs.length === 0 || inputs.length > MEMBERS_MAX) {
    refuse({
      field: field === '' ? 'trigger' : field,
      value: inputs.length,
      reason: `members are not 1 to ${MEMBERS_MAX}.`,
      remedy: 'Write at least one trigger.',
    });
  }
  return inputs.flatMap((input, i) => {
    const place = joinField(field === '' ? 'trigger' : field, i);
    const member = objectOf(input, place);
    const onUnion = 'counts for the whole union.';
    for (const key of ['runsMax', 'limit', 'jitter']) refuseOption(member, key, place, onUnion);
    const spec = parseObject(member, place, defaults, false);
    return spec.kind === 'any' ? flatten(spec, spec.of) : [spec];
  });
}

/** Members of a union that a single member stands for (several lists of days) keep its bounds. */
function flatten(bounds: TriggerBounds, members: readonly TriggerSpec[]): readonly TriggerSpec[] {
  const { startAt, endAt, calendar, calendarZone, roll } = bounds;
  return members.map((member) => ({
    ...member,
    ...(startAt === undefined ? {} : { startAt }),
    ...(endAt === undefined ? {} : { endAt }),
    ...(calendar === undefined ? {} : { calendar }),
    ...(calendarZone === undefined ? {} : { calendarZone }),
    ...(roll === undefined ? {} : { roll }),
  }));
}

function unite(specs: readonly TriggerSpec[], bounds: TriggerBounds, field: string): TriggerSpec {
  const [only, second] = specs;
  const clash = only !== undefined && Object.keys(bounds).some((key) => key in only);
  if (only !== undefined && second === undefined && !clash) return { ...only, ...bounds };
  if (specs.length > ENTRIES_MAX) refuseUnion(specs.length, field, true);
  return { kind: 'any', of: specs, ...bounds };
}

function refuseUnion(value: unknown, field: string, mayUnite: boolean): never {
  return refuse({
    field,
    value,
    reason: mayUnite ? 'is no list of triggers.' : 'is a union in a union.',
    remedy: mayUnite ? "Write [{every: '1h'}, …]." : 'Put its members into the outer list.',
  });
}

function refuseOption(input: InputObject, key: string, field: string, reason: string): void {
  if (input[key] === undefined) return;
  const remedy = reason.startsWith('is an') ? 'Put it there.' : 'Leave it out or move it.';
  refuse({ field: joinField(field, key), value: input[key], reason, remedy });
}

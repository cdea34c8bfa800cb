import { joinField } from '../base/check-keys.ts';
import type { CalendarSource } from '../calendar/calendar-source.ts';
import { freshMemory } from '../model/trigger-memory.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import { formatDuration } from '../time/duration.ts';
import { type DurationMs, INSTANT_MIN, type Instant } from '../time/instant.ts';
import type { ZoneTable } from '../time/zone-table.ts';
import { advanceMemory } from './advance-memory.ts';
import { compileTrigger } from './compile-trigger.ts';
import { refuse } from './form/form.ts';
import type { Trigger } from './trigger.ts';

interface Place {
  readonly zones: ZoneTable;
  readonly now: Instant;
  readonly field?: string;
}

const SAMPLES = 64;
const NO_CALENDARS: CalendarSource = { get: () => undefined };

/**
 * Refuses triggers that can be read but make no sense: a member without any
 * instant from 1970 to 2199 (30 February), and jitter that is not shorter than
 * the smallest distance of the next instants (64 of them are looked at), so that
 * starts would change their order. Calendars are not looked at: they may change.
 */
export function refuseImpossible(spec: TriggerSpec, place: Place): void {
  const field = place.field ?? '';
  for (const [i, part] of (spec.kind === 'any' ? spec.of : [spec]).entries()) {
    const partField = spec.kind === 'any' ? joinField(field || 'trigger', i) : field;
    refuseNever(part, partField || 'trigger', place);
  }
  const { jitterMs } = spec;
  if (jitterMs === undefined) return;
  const spacingMs = smallestSpacing(compile(spec, place), place.now);
  if (jitterMs < spacingMs) return;
  refuse({
    field: joinField(field, 'jitter'),
    value: formatDuration(jitterMs),
    reason: `is not shorter than the ${formatDuration(spacingMs)} between two instants.`,
    remedy: `Write less than ${formatDuration(spacingMs)}.`,
  });
}

const EVENT_KINDS: readonly TriggerSpec['kind'][] = ['startup', 'after', 'manual', 'fixed-delay'];

function refuseNever(spec: TriggerSpec, field: string, place: Place): void {
  if (EVENT_KINDS.includes(spec.kind)) return;
  const first = compile(spec, place).next(
    INSTANT_MIN - 1,
    freshMemory(spec.startAt ?? INSTANT_MIN),
  );
  if (first !== null) return;
  const bounded = spec.startAt !== undefined || spec.endAt !== undefined;
  refuse(
    {
      field,
      reason: bounded
        ? 'never fires between `startAt` and `endAt`.'
        : 'never fires up to the year 2199.',
      remedy: 'Check the date, such as a 30 February or a fifth weekday.',
    },
    'NEVER_FIRES',
  );
}

function compile(spec: TriggerSpec, place: Place): Trigger {
  const { calendar: _name, roll: _roll, ...plain } = spec;
  const members = plain.kind === 'any' ? { of: plain.of.map(withoutCalendar) } : {};
  const env = { zones: place.zones, calendars: NO_CALENDARS, jobName: '' };
  return compileTrigger({ ...plain, ...members } as TriggerSpec, env);
}

function withoutCalendar(spec: TriggerSpec): TriggerSpec {
  const { calendar: _name, roll: _roll, ...plain } = spec;
  return plain as TriggerSpec;
}

function smallestSpacing(trigger: Trigger, now: Instant): DurationMs {
  let memory = freshMemory(now);
  let last = trigger.next(now, memory);
  let smallest = Number.POSITIVE_INFINITY;
  for (let i = 0; i < SAMPLES && last !== null; i++) {
    memory = advanceMemory(trigger, memory, last);
    const next = trigger.next(last, memory);
    if (next !== null) smallest = Math.min(smallest, next - last);
    last = next;
  }
  return smallest;
}

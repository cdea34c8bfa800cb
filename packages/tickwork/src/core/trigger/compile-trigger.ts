import { TickworkError } from '../base/errors.ts';
import type { Calendar } from '../calendar/calendar.ts';
import type { CalendarSource } from '../calendar/calendar-source.ts';
import { mondayToFriday } from '../calendar/workdays.ts';
import type { TriggerMemory } from '../model/trigger-memory.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import { INSTANT_END, type Instant } from '../time/instant.ts';
import type { ZoneTable } from '../time/zone-table.ts';
import { withCalendarRoll } from './decorators/calendar-roll.ts';
import { withCalendarSkip } from './decorators/calendar-skip.ts';
import { describeBounds } from './decorators/describe-bounds.ts';
import { withLimit } from './decorators/limit.ts';
import { withWindow } from './decorators/window.ts';
import { type CompileKind, hasMembers, type KindEnv, type MemberTrigger } from './kind.ts';
import type { Locale, Trigger } from './trigger.ts';
import { triggerKinds } from './trigger-kinds.ts';

export interface CompileEnv {
  readonly zones: ZoneTable;
  readonly calendars: CalendarSource;
  /** Seeds `H` fields, jitter and random lengths, so that re-creating a job moves nothing. */
  readonly jobName: string;
}

/**
 * The evaluator of a stored trigger with its bounds: first the calendar decides
 * which instants of the kind remain and where they move, then `startAt` and
 * `endAt` cut, then `runsMax` ends it. Members of a union have their own.
 *
 * Throws `CALENDAR_NOT_FOUND`, and `INVALID_CRON` or `INVALID_ZONE` for stored
 * forms that did not come from `parseTrigger`; retrying cannot help.
 */
export function compileTrigger(spec: TriggerSpec, env: CompileEnv): Trigger {
  const calendar = calendarOf(spec, env.calendars);
  const kindEnv: KindEnv = {
    zones: env.zones,
    jobName: env.jobName,
    workdays: calendar ?? mondayToFriday,
    compileMember: (member) => compileTrigger(member, env),
  };
  const inner = compileKind(spec, kindEnv);
  const judged = calendar === null ? inner : withCalendar(inner, spec, calendar, env);
  const bounded = withLimit(withWindow(judged, spec), spec.runsMax);
  const compiled = new CompiledTrigger(bounded, inner, spec);
  return hasMembers(inner) ? new CompiledUnion(compiled, inner) : compiled;
}

function compileKind<Kind extends TriggerSpec['kind']>(
  spec: Extract<TriggerSpec, { readonly kind: Kind }>,
  env: KindEnv,
): Trigger {
  const { compile } = triggerKinds[spec.kind] as { readonly compile: CompileKind<Kind> };
  return compile(spec, env);
}

function calendarOf(spec: TriggerSpec, calendars: CalendarSource): Calendar | null {
  if (spec.calendar === undefined) return null;
  const calendar = calendars.get(spec.calendar);
  if (calendar !== undefined) return calendar;
  throw new TickworkError('CALENDAR_NOT_FOUND', {
    field: 'calendar',
    value: spec.calendar,
    reason: 'is no calendar that is known here.',
    remedy: 'Define it first, or mend the name.',
  });
}

function withCalendar(
  inner: Trigger,
  spec: TriggerSpec,
  calendar: Calendar,
  env: CompileEnv,
): Trigger {
  const zone = env.zones.get(spec.calendarZone ?? ('zone' in spec ? spec.zone : 'UTC'));
  const roll = spec.roll ?? 'skip';
  if (roll === 'skip') return withCalendarSkip(inner, calendar, zone);
  return withCalendarRoll(inner, roll, { calendar, zone });
}

class CompiledTrigger implements Trigger {
  readonly kind: string;
  readonly #bounded: Trigger;
  readonly #inner: Trigger;
  readonly #spec: TriggerSpec;

  constructor(bounded: Trigger, inner: Trigger, spec: TriggerSpec) {
    this.kind = inner.kind;
    this.#bounded = bounded;
    this.#inner = inner;
    this.#spec = spec;
  }

  next(after: Instant, memory: TriggerMemory): Instant | null {
    const at = this.#bounded.next(Math.floor(after), memory);
    return at === null || at >= INSTANT_END ? null : at;
  }

  describe(locale: Locale): string {
    return `${this.#inner.describe(locale)}${describeBounds(this.#spec, locale)}`;
  }
}

class CompiledUnion implements MemberTrigger {
  readonly kind: string;
  readonly #compiled: Trigger;
  readonly #inner: MemberTrigger;

  constructor(compiled: Trigger, inner: MemberTrigger) {
    this.kind = compiled.kind;
    this.#compiled = compiled;
    this.#inner = inner;
  }

  next(after: Instant, memory: TriggerMemory): Instant | null {
    return this.#compiled.next(after, memory);
  }

  membersAfter(memory: TriggerMemory, fireAt: Instant): Readonly<Record<string, Instant>> {
    return this.#inner.membersAfter(memory, fireAt);
  }

  describe(locale: Locale): string {
    return this.#compiled.describe(locale);
  }
}

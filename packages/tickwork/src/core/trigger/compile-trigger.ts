import { TickworkError } from '../base/errors.ts';
import type { CalendarSource } from '../calendar/calendar-source.ts';
import { mondayToFriday } from '../calendar/workdays.ts';
import type { TriggerMemory } from '../model/trigger-memory.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import { INSTANT_END, type Instant } from '../time/instant.ts';
import type { ZoneTable } from '../time/zone-table.ts';
import { type PlacedRule, withCalendarSkip } from './decorators/calendar-skip.ts';
import { describeBounds } from './decorators/describe-bounds.ts';
import { withLimit } from './decorators/limit.ts';
import { withWindow } from './decorators/window.ts';
import { type CompileKind, hasMembers, type KindEnv, type MemberTrigger } from './kind.ts';
import type { Locale, Trigger } from './trigger.ts';
import { triggerKinds } from './trigger-kinds.ts';
import { WallClockTrigger } from './wall-clock/wall-clock-trigger.ts';

export interface CompileEnv {
  readonly zones: ZoneTable;
  readonly calendars: CalendarSource;
  /** Seeds `H` fields, jitter and random lengths, so that re-creating a job moves nothing. */
  readonly jobName: string;
}

/**
 * The evaluator of a stored trigger with its bounds: first the calendar decides
 * what of the kind remains and where it moves, then `startAt` and `endAt` cut,
 * then `runsMax` ends it. Members of a union have their own bounds, and the
 * calendar of the union judges each of them behind its own.
 *
 * Throws `CALENDAR_NOT_FOUND`, and `INVALID_CRON` or `INVALID_ZONE` for stored
 * forms that did not come from `parseTrigger`; retrying cannot help.
 */
export function compileTrigger(spec: TriggerSpec, env: CompileEnv): Trigger {
  return compileJudged(spec, env, []);
}

/** `outer`: the calendars of the union that the trigger is a member of. */
function compileJudged(spec: TriggerSpec, env: CompileEnv, outer: readonly PlacedRule[]): Trigger {
  const rules = [...ruleOf(spec, env), ...outer];
  const kindEnv: KindEnv = {
    zones: env.zones,
    jobName: env.jobName,
    rules,
    workdays: rules[0]?.calendar ?? mondayToFriday,
    compileMember: (member) => compileJudged(member, env, rules),
  };
  const inner = compileKind(spec, kindEnv);
  const judged = judgesItself(inner) ? inner : rules.reduce(withCalendarSkip, inner);
  const bounded = withLimit(withWindow(judged, spec), spec.runsMax);
  const compiled = new CompiledTrigger(bounded, inner, spec);
  return hasMembers(inner) ? new CompiledUnion(compiled, inner) : compiled;
}

/** Kinds by the wall clock judge their readings, and unions leave it to their members. */
function judgesItself(inner: Trigger): boolean {
  return inner instanceof WallClockTrigger || hasMembers(inner);
}

function compileKind<Kind extends TriggerSpec['kind']>(
  spec: Extract<TriggerSpec, { readonly kind: Kind }>,
  env: KindEnv,
): Trigger {
  const { compile } = triggerKinds[spec.kind] as { readonly compile: CompileKind<Kind> };
  return compile(spec, env);
}

function ruleOf(spec: TriggerSpec, env: CompileEnv): readonly PlacedRule[] {
  if (spec.calendar === undefined) return [];
  const calendar = env.calendars.get(spec.calendar);
  if (calendar === undefined) {
    throw new TickworkError('CALENDAR_NOT_FOUND', {
      field: 'calendar',
      value: spec.calendar,
      reason: 'is no calendar that is known here.',
      remedy: 'Define it first, or mend the name.',
    });
  }
  const zone = env.zones.get(spec.calendarZone ?? ('zone' in spec ? spec.zone : 'UTC'));
  return [{ calendar, roll: spec.roll ?? 'skip', zone }];
}

class CompiledTrigger implements Trigger {
  readonly kind: string;
  declare readonly excludes?: NonNullable<Trigger['excludes']>;
  readonly #bounded: Trigger;
  readonly #inner: Trigger;
  readonly #spec: TriggerSpec;

  constructor(bounded: Trigger, inner: Trigger, spec: TriggerSpec) {
    this.kind = inner.kind;
    this.#bounded = bounded;
    this.#inner = inner;
    this.#spec = spec;
    if (bounded.excludes !== undefined) this.excludes = bounded.excludes;
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
  declare readonly excludes?: NonNullable<Trigger['excludes']>;
  readonly #compiled: CompiledTrigger;
  readonly #inner: MemberTrigger;

  constructor(compiled: CompiledTrigger, inner: MemberTrigger) {
    this.kind = compiled.kind;
    this.#compiled = compiled;
    this.#inner = inner;
    if (compiled.excludes !== undefined) this.excludes = compiled.excludes;
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

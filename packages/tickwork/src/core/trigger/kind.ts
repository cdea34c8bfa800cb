import type { WorkdayRule } from '../calendar/workdays.ts';
import type { TriggerMemory } from '../model/trigger-memory.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import type { Instant } from '../time/instant.ts';
import type { ZoneTable } from '../time/zone-table.ts';
import type { Trigger } from './trigger.ts';
import type { CalendarRule } from './wall-clock/calendar-days.ts';

/** What a kind may use to make its evaluator. */
export interface KindEnv {
  readonly zones: ZoneTable;
  readonly jobName: string;
  /** The calendars that judge the trigger, its own one before that of its union. */
  readonly rules: readonly CalendarRule[];
  /** The working days of the first of them; Monday to Friday without one. */
  readonly workdays: WorkdayRule;
  /** Makes the evaluator of a member, with its bounds and the union's calendar. */
  readonly compileMember: (spec: TriggerSpec) => Trigger;
}

/** Makes the evaluator of a stored form. Bounds are put around it by `compileTrigger`. */
export type CompileKind<Kind extends TriggerSpec['kind']> = (
  spec: Extract<TriggerSpec, { readonly kind: Kind }>,
  env: KindEnv,
) => Trigger;

/** A trigger whose parts keep their own place in the memory. */
export interface MemberTrigger extends Trigger {
  /** `memory.members` after `fireAt` was planned. */
  membersAfter(memory: TriggerMemory, fireAt: Instant): Readonly<Record<string, Instant>>;
}

/** True for triggers with `membersAfter`. */
export function hasMembers(trigger: Trigger): trigger is MemberTrigger {
  return 'membersAfter' in trigger;
}

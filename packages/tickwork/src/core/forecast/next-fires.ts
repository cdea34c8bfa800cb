import { type CalendarSource, noCalendars } from '../calendar/calendar-source.ts';
import { freshMemory, type TriggerMemory } from '../model/trigger-memory.ts';
import { hasTimeOfDay, readingZoneOf, type TriggerSpec } from '../model/trigger-spec.ts';
import { comingInstants, IN_FORCE, type InstantMark, type Standing } from '../planner/outlook.ts';
import type { Instant } from '../time/instant.ts';
import type { Zone } from '../time/zone.ts';
import type { ZoneTable } from '../time/zone-table.ts';
import { advanceMemory } from '../trigger/advance-memory.ts';
import { type CompileEnv, compileTrigger } from '../trigger/compile-trigger.ts';
import { integerOf } from '../trigger/form/form.ts';
import { parseTrigger } from '../trigger/parse-trigger.ts';
import { startAtOf } from '../trigger/start-at.ts';
import type { TriggerInput } from '../trigger/trigger-input.ts';

/** One coming instant of a trigger. */
export interface TriggerFire {
  /** The nominal instant, the key of its run. */
  readonly fireAt: Instant;
  /** When the run may start: `fireAt` plus jitter. */
  readonly startAt: Instant;
  /** What will become of it, as things stand. */
  readonly mark: InstantMark;
  /** Why it is passed over, in somebody's words; `null` = it is not, or nobody said. */
  readonly markReason: string | null;
  /** The IANA zone whose clock the trigger reads; `null`: it reads none. */
  readonly zone: string | null;
  /** What is remarkable about it, in English: clock changes, moved days. Mostly empty. */
  readonly notes: readonly string[];
}

export interface NextFiresOptions {
  readonly zones: ZoneTable;
  /** Exclusive. */
  readonly after: Instant;
  /** 1 to 1,000. Default 10. */
  readonly count?: number;
  /** The zone of triggers that name none. Default UTC. */
  readonly zone?: string;
  readonly calendars?: CalendarSource;
  /** Decides `H` fields, jitter and random lengths. Default: none. */
  readonly jobName?: string;
  /** What a stored job's trigger remembers. Default: a job that comes into force at `after`. */
  readonly memory?: TriggerMemory;
  /** What was set about a stored job. Default: nothing. */
  readonly standing?: Standing;
  /** The place of the trigger, for messages. */
  readonly field?: string;
}

const COUNT_MAX = 1000;
const COUNT_DEFAULT = 10;

/**
 * The next instants of a trigger that a user wrote, ascending, each with its mark: what the
 * planner would plan, and what it would pass over. Fewer than asked for if the trigger ends, or
 * if only events can say more.
 *
 * Throws what `parseTrigger` and `compileTrigger` throw, and `INVALID_TRIGGER`
 * for a wrong `count`.
 *
 * @example
 * nextFires({ daily: '02:30', zone: 'Europe/Berlin' }, { zones, after: Date.now(), count: 5 });
 */
export function nextFires(
  trigger: TriggerInput | readonly TriggerInput[],
  options: NextFiresOptions,
): readonly TriggerFire[] {
  const { zones, after, zone = 'UTC' } = options;
  const field = options.field === undefined ? {} : { field: options.field };
  return firesOf(parseTrigger(trigger, { zone, now: after, zones, ...field }), options);
}

/** The same for a stored trigger. */
export function firesOf(spec: TriggerSpec, options: NextFiresOptions): readonly TriggerFire[] {
  const { zones, after, jobName = '' } = options;
  const count = integerOf(options.count ?? COUNT_DEFAULT, 'count', { min: 1, max: COUNT_MAX });
  const env: CompileEnv = { zones, calendars: options.calendars ?? noCalendars, jobName };
  const compiled = compileTrigger(spec, env);
  const memory = options.memory ?? freshMemory(after);
  const steps = { trigger: compiled, advance: advanceMemory.bind(null, compiled) };
  const notesOf = noteMaker(spec, env);
  const readingZone = readingZoneOf(spec);
  const fires: TriggerFire[] = [];
  for (const coming of comingInstants(steps, options.standing ?? IN_FORCE, { after, memory })) {
    const { at: fireAt, mark, reason: markReason } = coming;
    const startAt = startAtOf(spec, jobName, fireAt);
    fires.push({ fireAt, startAt, mark, markReason, zone: readingZone, notes: notesOf(fireAt) });
    if (fires.length === count) break;
  }
  return fires;
}

function noteMaker(spec: TriggerSpec, env: CompileEnv): (fireAt: Instant) => readonly string[] {
  const parts = spec.kind === 'any' ? spec.of : [spec];
  const names = new Set(parts.filter(hasTimeOfDay).map((part) => part.zone));
  const zones = [...names].map((name) => env.zones.get(name));
  const unrolled = spec.roll === undefined ? null : compileTrigger(withoutRoll(spec), env);
  return (fireAt) => {
    const notes = zones.flatMap((zone) => clockChangeNotes(zone, fireAt));
    const memory = freshMemory(fireAt - 1);
    const rolled = unrolled !== null && unrolled.next(fireAt - 1, memory) !== fireAt;
    return rolled ? [...notes, 'moved here from a day that the calendar excludes'] : notes;
  };
}

function withoutRoll(spec: TriggerSpec): TriggerSpec {
  const { roll: _roll, ...plain } = spec;
  return plain as TriggerSpec;
}

const MINUTE_MS = 60_000;

function clockChangeNotes(zone: Zone, at: Instant): readonly string[] {
  const segment = zone.segmentAt(at);
  const before = zone.offsetMs[segment - 1];
  const offset = zone.offsetMs[segment] ?? 0;
  if (before !== undefined && zone.startAt[segment] === at && offset > before) {
    const minutes = (offset - before) / MINUTE_MS;
    return [`first instant after a clock change in ${zone.name} that skips ${minutes} minutes`];
  }
  const place = zone.placeOf(zone.localAt(at));
  if (place.kind !== 'overlap') return [];
  const copy = place.first === at ? 'first' : 'second';
  return [`the local time comes twice in ${zone.name}: this is the ${copy} one`];
}

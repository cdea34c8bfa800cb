import { calendarSource } from '../../core/calendar/calendar-source.ts';
import { ZoneTable } from '../../core/time/zone-table.ts';
import { compileTrigger } from '../../core/trigger/compile-trigger.ts';
import type { TriggerSpec } from '../../core/trigger/spec.ts';
import type { Trigger } from '../../core/trigger/trigger.ts';
import { temporalZoneData } from '../temporal-zone-data.ts';

const zones = new ZoneTable(temporalZoneData());

/** A trigger without calendars, as the engine would compile it. */
export function compiled(spec: TriggerSpec, jobName = 'job'): Trigger {
  return compileTrigger(spec, { zones, calendars: calendarSource({}), jobName });
}

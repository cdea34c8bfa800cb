import { calendarSource } from '../../../tickwork/src/core/calendar/calendar-source.ts';
import type { TriggerSpec } from '../../../tickwork/src/core/model/trigger-spec.ts';
import { ZoneTable } from '../../../tickwork/src/core/time/zone-table.ts';
import { compileTrigger } from '../../../tickwork/src/core/trigger/compile-trigger.ts';
import type { Trigger } from '../../../tickwork/src/core/trigger/trigger.ts';
import { temporalZoneData } from '../oracle/temporal-zone-data.ts';

const zones = new ZoneTable(temporalZoneData());

/** A trigger without calendars, as the engine would compile it. */
export function compiled(spec: TriggerSpec, jobName = 'job'): Trigger {
  return compileTrigger(spec, { zones, calendars: calendarSource({}), jobName });
}

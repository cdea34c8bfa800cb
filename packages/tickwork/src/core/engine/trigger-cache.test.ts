import { storedJob } from '@tickwork/verify/engine/stored-job.ts';
import { temporalZoneData } from '@tickwork/verify/oracle/temporal-zone-data.ts';
import { describe, expect, it } from 'vitest';
import type { Json } from '../base/json.ts';
import { parseCalendar } from '../calendar/parse-calendar.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import type { StoredCalendar } from '../ports/job-store.ts';
import { ZoneTable } from '../time/zone-table.ts';
import { TriggerCache } from './trigger-cache.ts';

const zones = new ZoneTable(temporalZoneData());
const DAY = 86_400_000;
const daily: TriggerSpec = {
  kind: 'interval',
  everyMs: DAY,
  anchorAt: 0,
  calendar: 'off',
  calendarZone: 'UTC',
};

const calendar = (...dates: string[]): StoredCalendar => ({
  name: 'off',
  definition: parseCalendar({ holidays: dates }, 'calendars.off') as unknown as Json,
  version: 'v',
  source: { kind: 'code', id: '' },
});

describe('TriggerCache', () => {
  it('compiles each revision of a job once', () => {
    const cache = new TriggerCache({ listCalendars: async () => [] }, zones);
    const job = storedJob();
    const { trigger } = cache.factsOf(job);
    const again = structuredClone(job);
    expect(cache.factsOf(again).trigger).toBe(trigger);
    const changed = structuredClone({ ...job, revision: 2 });
    expect(cache.factsOf(changed).trigger).not.toBe(trigger);
    expect(cache.factsOf(job).zoneVersion).toBe(zones.version);
  });

  it('compiles once for all jobs that share a trigger', () => {
    const cache = new TriggerCache({ listCalendars: async () => [] }, zones);
    const job = storedJob();
    const other = { ...job, id: job.id + 1, name: 'other', revision: 7 };
    expect(cache.factsOf(other)).toBe(cache.factsOf(job));
  });

  it.each<TriggerSpec>([
    { kind: 'cron', expression: 'H H * * *', zone: 'UTC', dialect: 'standard' },
    { kind: 'interval', everyMs: DAY, anchorAt: 0, jitterMs: DAY },
    { kind: 'random', minMs: 1, maxMs: DAY, seed: '', zone: 'UTC' },
  ])('gives each job instants of its own where its name decides: %o', (trigger) => {
    const cache = new TriggerCache({ listCalendars: async () => [] }, zones);
    const job = storedJob({ trigger });
    const startOf = (name: string, id: number): number | null => {
      const facts = cache.factsOf({ ...job, id, name });
      const fireAt = facts.trigger.next(DAY, { ...job.memory, previousAt: DAY });
      return fireAt === null ? null : facts.startAtOf(fireAt);
    };
    expect(startOf('a', 1)).not.toBe(startOf('b', 2));
    expect(startOf('a', 1)).toBe(startOf('a', 3));
  });

  it('throws for a job whose calendar is not there, until it is', async () => {
    let stored: StoredCalendar[] = [];
    const cache = new TriggerCache({ listCalendars: async () => stored }, zones);
    const job = storedJob({ trigger: daily });
    expect(() => cache.factsOf(job)).toThrow(
      expect.objectContaining({ code: 'CALENDAR_NOT_FOUND' }),
    );
    stored = [calendar('1970-01-03')];
    await cache.refresh();
    const { memory } = job;
    expect(cache.factsOf(job).trigger.next(DAY, memory)).toBe(3 * DAY);
    stored = [calendar('1970-01-04')];
    await cache.refresh();
    expect(cache.factsOf(job).trigger.next(DAY, memory)).toBe(2 * DAY);
  });

  it('gives the memory and the jitter of the job', () => {
    const cache = new TriggerCache({ listCalendars: async () => [] }, zones);
    const job = storedJob({ trigger: { kind: 'interval', everyMs: 10, jitterMs: 1_000_000 } });
    const { advance, startAtOf } = cache.factsOf(job);
    expect(advance(job.memory, 10)).toMatchObject({ previousAt: 10, fireCount: 1 });
    expect(startAtOf(10)).toBeGreaterThan(10);
    expect(startAtOf(10)).toBe(cache.factsOf(job).startAtOf(10));
  });
});

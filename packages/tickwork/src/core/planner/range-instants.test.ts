import { temporalZoneData } from '@tickwork/verify/oracle/temporal-zone-data.ts';
import { describe, expect, it } from 'vitest';
import { calendarSource } from '../calendar/calendar-source.ts';
import type { JobChange } from '../model/job-change.ts';
import { freshMemory } from '../model/trigger-memory.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import { ZoneTable } from '../time/zone-table.ts';
import { advanceMemory } from '../trigger/advance-memory.ts';
import { compileTrigger } from '../trigger/compile-trigger.ts';
import { rangeInstants } from './range-instants.ts';

const env = {
  zones: new ZoneTable(temporalZoneData()),
  calendars: calendarSource({}),
  jobName: 'j',
};

function change(at: number, revision: number, fields: Partial<JobChange> = {}): JobChange {
  return {
    ...{ jobId: 1, at, revision, status: 'active', reason: null, pausedUntilAt: null },
    ...{ effectiveAt: at, cursorAt: at, memory: freshMemory(0), ...fields },
  };
}

/** The instants of interval triggers, by revision, as `at/revision`. */
function check(
  changes: readonly JobChange[],
  specs: Readonly<Record<number, TriggerSpec>>,
  range: { fromAt: number; toAt: number; limit?: number },
): string {
  const triggerOf = (revision: number) => {
    const spec = specs[revision];
    if (spec === undefined) return null;
    const trigger = compileTrigger(spec, env);
    return {
      ...{ spec, trigger },
      advance: (memory: JobChange['memory'], at: number) => advanceMemory(trigger, memory, at),
    };
  };
  const found = rangeInstants(changes, triggerOf, { limit: 100, ...range });
  return found.map(({ fireAt, revision }) => `${fireAt}/${revision}`).join(' ');
}

const tens: TriggerSpec = { kind: 'interval', everyMs: 10 };
const fifties: TriggerSpec = { kind: 'interval', everyMs: 50 };

describe('the instants of a range', () => {
  it('have both ends of the range and stop at the limit', () => {
    const range = { fromAt: 120, toAt: 140 };
    expect(check([change(100, 1)], { 1: tens }, range)).toBe('120/1 130/1 140/1');
    expect(check([change(100, 1)], { 1: tens }, { ...range, limit: 2 })).toBe('120/1 130/1');
  });

  it('belong to the revision that was in force', () => {
    const changes = [change(100, 1), change(125, 2), change(300, 3)];
    const specs = { 1: tens, 2: fifties, 3: tens };
    expect(check(changes, specs, { fromAt: 105, toAt: 250 })).toBe('110/1 120/1 150/2 200/2 250/2');
  });

  it('count a pause, and nothing while disabled', () => {
    const changes = [
      change(100, 1),
      change(115, 1, { status: 'paused' }),
      change(135, 1, { status: 'disabled' }),
      change(155, 1),
    ];
    const found = check(changes, { 1: tens }, { fromAt: 105, toAt: 170 });
    expect(found).toBe('110/1 120/1 130/1 160/1 170/1');
  });

  it('lie before the job was made too, by its first definition', () => {
    const memory = freshMemory(0);
    const range = { fromAt: 80, toAt: 110 };
    expect(check([change(100, 1, { memory })], { 1: tens }, range)).toBe('80/1 90/1 100/1 110/1');
  });

  it('keep to a number of instants in all', () => {
    const limited = { ...tens, runsMax: 3 } as TriggerSpec;
    expect(check([change(100, 1)], { 1: limited }, { fromAt: 120, toAt: 200 })).toBe('120/1 130/1');
  });

  it('are none for a revision that is gone, or a job without changes', () => {
    expect(check([change(100, 1)], {}, { fromAt: 100, toAt: 200 })).toBe('');
    expect(check([], { 1: tens }, { fromAt: 100, toAt: 200 })).toBe('');
  });
});

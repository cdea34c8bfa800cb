import { compiled } from '@tickwork/verify/engine/compiled.ts';
import { storedJob, type TestDefinition } from '@tickwork/verify/engine/stored-job.ts';
import { describe, expect, it } from 'vitest';
import type { Job } from '../model/job.ts';
import { defaultPolicies } from '../model/policy.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import { advanceMemory } from '../trigger/advance-memory.ts';
import { startAtOf } from '../trigger/start-at.ts';
import type { Trigger } from '../trigger/trigger.ts';
import { type PlannedWrite, planJob } from './plan-job.ts';

const SECOND: TriggerSpec = { kind: 'interval', everyMs: 1_000 };
const HORIZON = 2_000;

function plan(
  job: Job,
  now: number,
  overdueCount = 0,
  excludes?: (at: number) => boolean,
): PlannedWrite {
  const inner = compiled(job.definition.trigger, job.name);
  const trigger = excludes === undefined ? inner : excluding(inner, excludes);
  return planJob(
    job,
    {
      trigger,
      advance: (memory, fireAt) => advanceMemory(trigger, memory, fireAt),
      startAtOf: (fireAt) => startAtOf(job.definition.trigger, job.name, fireAt),
      zoneVersion: 'z1',
      horizonMs: HORIZON,
      overdueCount,
    },
    now,
  );
}

function excluding(inner: Trigger, excludes: (at: number) => boolean): Trigger {
  const next: Trigger['next'] = (at, memory) => inner.next(at, memory);
  return { kind: inner.kind, next, excludes, describe: (locale) => inner.describe(locale) };
}

/** The job as it stands after a step. */
function after(job: Job, { position, status }: PlannedWrite): Job {
  const moved = { ...job, ...position };
  if (status === undefined) return moved;
  return { ...moved, ...status, statusReason: status.reason };
}

const each = (trigger: TriggerSpec, policies: TestDefinition['policies'] = {}, fields = {}): Job =>
  storedJob({ trigger, policies }, fields);

const fires = (write: PlannedWrite): number[] => write.runs.map(({ fireAt }) => fireAt);
const skips = (write: PlannedWrite): string[] =>
  write.skips.map(({ fromAt, toAt, count, reason }) => `${fromAt}-${toAt} ${count} ${reason}`);

describe('planJob', () => {
  it('plans what is within the horizon and names the first instant beyond', () => {
    const write = plan(each(SECOND), 500);
    expect(fires(write)).toEqual([1_000, 2_000]);
    expect(write).toMatchObject({
      expected: { jobId: 1, revision: 1, cursorAt: 0 },
      position: { cursorAt: 2_000, nextFireAt: 3_000, zoneVersion: 'z1' },
      skips: [],
      supersede: null,
      at: 500,
    });
    expect(write.runs[0]).toMatchObject({
      id: '1-rs',
      origin: 'schedule',
      jobRevision: 1,
      handler: 'function:work',
      coalescedCount: 0,
    });
  });

  it('keeps an instant that the trigger excludes as skipped, in the plan and in a catch-up', () => {
    const job = each(SECOND, { misfire: { ...defaultPolicies.misfire, mode: 'fire-all' } });
    const excludes = (at: number): boolean => at % 3_000 === 0;
    expect(fires(plan(job, 1_500, 0, excludes))).toEqual([1_000, 2_000]);
    expect(skips(plan(job, 1_500, 0, excludes))).toEqual(['3000-3000 1 calendar']);
    const late = plan(job, 8_500, 0, excludes);
    expect(fires(late)).toEqual([1_000, 2_000, 4_000, 5_000, 7_000, 8_000, 10_000]);
    expect(skips(late)).toEqual([
      '3000-3000 1 calendar',
      '6000-6000 1 calendar',
      '9000-9000 1 calendar',
    ]);
  });

  it('moves nothing when nothing is near', () => {
    const job = each({ kind: 'interval', everyMs: 60_000 }, {}, { nextFireAt: 60_000 });
    const write = plan(job, 500);
    expect(write.runs).toEqual([]);
    expect(write.position).toMatchObject({ cursorAt: 0, nextFireAt: 60_000 });
  });

  it('gives the same rows on whatever node, in one step or in two', () => {
    const job = each(SECOND);
    const whole = plan(job, 1_500);
    const first = plan(job, 500);
    const second = plan(after(job, first), 1_500);
    expect([...first.runs, ...second.runs]).toEqual(whole.runs);
    expect(second.position).toEqual(whole.position);
  });

  it('leaves what is late by no more than the grace to its instant', () => {
    expect(fires(plan(each(SECOND), 2_000))).toEqual([1_000, 2_000, 3_000, 4_000]);
    const write = plan(each(SECOND), 2_001);
    expect(fires(write)).toEqual([1_000, 2_000, 3_000, 4_000]);
    expect(write.skips).toEqual([]);
  });

  it('lets the latest missed instant carry the others', () => {
    const write = plan(each(SECOND), 5_500, 2);
    expect(fires(write)).toEqual([4_000, 5_000, 6_000, 7_000]);
    expect(skips(write)).toEqual(['1000-3000 3 coalesced']);
    // Three here and two that were planned before and never began.
    expect(write.runs[0]).toMatchObject({ coalescedCount: 5 });
    expect(write.runs[1]).toMatchObject({ coalescedCount: 0 });
    expect(write.skips[0]).toMatchObject({ intoRunId: write.runs[0]?.id, decidedAt: 5_500 });
  });

  it.each([
    ['skip', [5_000, 6_000, 7_000], ['1000-4000 4 misfire']],
    ['fire-all', [1_000, 2_000, 3_000, 4_000, 5_000, 6_000, 7_000], []],
  ] as const)('by %s', (mode, expected, ranges) => {
    const misfire = { mode, graceMs: 1_000, ageMsMax: 100_000, runsMax: 100 };
    const write = plan(each(SECOND, { misfire }), 5_500);
    expect(fires(write)).toEqual(expected);
    expect(skips(write)).toEqual(ranges);
    expect(write.runs.every(({ coalescedCount }) => coalescedCount === 0)).toBe(true);
  });

  it('counts jitter into the lateness and into the start', () => {
    const job = each({ kind: 'interval', everyMs: 1_000, jitterMs: 10_000 });
    const write = plan(job, 8_000);
    // Up to 8 s no instant is certainly later than its jitter and the grace.
    expect(fires(write)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((s) => s * 1_000));
    for (const { startAt, fireAt } of write.runs) {
      expect(startAt).toBe(startAtOf(job.definition.trigger, 'job', fireAt));
    }
    expect(new Set(write.runs.map(({ startAt, fireAt }) => startAt - fireAt)).size).toBeGreaterThan(
      5,
    );
  });

  it('fires a union once for equal instants', () => {
    const of: TriggerSpec[] = [
      { kind: 'interval', everyMs: 400 },
      { kind: 'interval', everyMs: 600 },
    ];
    expect(fires(plan(each({ kind: 'any', of }), 0))).toEqual([
      400, 600, 800, 1_200, 1_600, 1_800, 2_000,
    ]);
  });

  it('fires once and never again', () => {
    const job = each({ kind: 'once', at: 1_500 });
    const write = plan(job, 0);
    expect(fires(write)).toEqual([1_500]);
    expect(write.position).toMatchObject({ cursorAt: 1_500, nextFireAt: null });
    expect(plan(after(job, write), 0).runs).toEqual([]);
  });

  it('ends with the maximum number of instants, missed ones counted', () => {
    const job = each({ kind: 'interval', everyMs: 1_000, runsMax: 6 });
    const write = plan(job, 5_500);
    expect(fires(write)).toEqual([4_000, 5_000, 6_000]);
    expect(write.position).toMatchObject({ nextFireAt: null, memory: { fireCount: 6 } });
  });

  it('plans one instant of a delay and waits for its end', () => {
    const job = each({ kind: 'fixed-delay', delayMs: 300 });
    const write = plan(job, 10);
    expect(fires(write)).toEqual([1]);
    expect(write.position.nextFireAt).toBeNull();
    const ended = { ...after(job, write).memory, endedAt: 700 };
    const next = plan({ ...after(job, write), memory: ended }, 800);
    expect(fires(next)).toEqual([1_000]);
    expect(next.position.nextFireAt).toBeNull();
  });

  describe('of a delay, after an instant that is passed over', () => {
    const DELAY: TriggerSpec = { kind: 'fixed-delay', delayMs: 9_000 };
    const SKIP = { mode: 'skip', graceMs: 1_000, ageMsMax: 60_000, runsMax: 1 } as const;
    const memory = { anchorAt: 0, previousAt: 1, endedAt: 500, fireCount: 1, members: {} };

    it('counts from the decision that it is too late for a run', () => {
      const job = each(DELAY, { misfire: SKIP }, { cursorAt: 1, memory });
      const write = plan(job, 20_000);
      expect(write.runs).toEqual([]);
      expect(skips(write)).toEqual(['9500-9500 1 misfire']);
      expect(write.position).toMatchObject({ cursorAt: 9_500, nextFireAt: 29_000 });
      const next = plan(after(job, write), 28_000);
      expect(fires(next)).toEqual([29_000]);
      expect(next.position.nextFireAt).toBeNull();
    });

    it('counts from the instant itself in a rest', () => {
      const skipWindows = [{ fromAt: 9_000, toAt: 10_000, reason: 'quiet' }];
      const write = plan(each(DELAY, {}, { cursorAt: 1, memory, skipWindows }), 8_000);
      expect(write.runs).toEqual([]);
      expect(skips(write)).toEqual(['9500-9500 1 paused']);
      expect(write.position.nextFireAt).toBe(18_500);
    });

    it('counts alike as a member of a union', () => {
      const yearly: TriggerSpec = { kind: 'interval', everyMs: 400 * 86_400_000 };
      const trigger: TriggerSpec = { kind: 'any', of: [yearly, DELAY] };
      const fields = { cursorAt: 1, memory: { ...memory, previousAt: 1 } };
      const write = plan(each(trigger, { misfire: SKIP }, fields), 20_000);
      expect(skips(write)).toEqual(['9500-9500 1 misfire']);
      expect(write.position.nextFireAt).toBe(29_000);
      const pause = { status: 'paused', pausedUntilAt: 15_000, ...fields } as const;
      expect(plan(each(trigger, {}, pause), 20_000).position.nextFireAt).toBe(24_000);
    });
  });

  it('writes at most a thousand rows ahead in one step', () => {
    const job = each({ kind: 'interval', everyMs: 1 });
    const write = plan(job, 0);
    expect(write.runs).toHaveLength(1_000);
    expect(write.position).toMatchObject({ cursorAt: 1_000, nextFireAt: 1_001 });
  });
});

describe('planJob of a paused job', () => {
  const paused = (fields: Partial<Job> = {}): Job =>
    each(SECOND, {}, { status: 'paused', statusReason: 'by hand', ...fields });

  it('passes over what is due up to now, and nothing ahead', () => {
    const write = plan(paused(), 3_000);
    expect(write.runs).toEqual([]);
    expect(skips(write)).toEqual(['1000-3000 3 paused']);
    expect(write.position).toMatchObject({ cursorAt: 3_000, nextFireAt: 4_000 });
    expect(write.status).toBeUndefined();
  });

  it('decides nothing before the next instant', () => {
    const job = paused({ nextFireAt: 1_000 });
    expect(plan(job, 999)).toMatchObject({
      runs: [],
      skips: [],
      position: { cursorAt: 0, nextFireAt: 1_000 },
    });
  });

  it('is active again from the end of the pause, which is in it', () => {
    const write = plan(paused({ pausedUntilAt: 4_000 }), 9_500);
    expect(skips(write)).toEqual(['1000-4000 4 paused']);
    expect(write.position).toMatchObject({ cursorAt: 4_000, nextFireAt: 5_000 });
    expect(write.status).toEqual({ status: 'active', reason: null, pausedUntilAt: null });
  });

  it('is active again although no instant fell into the pause', () => {
    const job = paused({ pausedUntilAt: 900 });
    const write = plan(job, 950);
    expect(write).toMatchObject({ skips: [], position: { cursorAt: 900, nextFireAt: 1_000 } });
    expect(write.status?.status).toBe('active');
  });

  it('stays paused until everything in the pause is passed over', () => {
    const end = 250_000_000;
    const job = paused({ pausedUntilAt: end });
    const steps: PlannedWrite[] = [];
    let state = job;
    while (state.status === 'paused') {
      const write = plan(state, end + 5);
      steps.push(write);
      state = after(state, write);
    }
    expect(steps.map((step) => step.skips[0]?.count)).toEqual([100_000, 100_000, 50_000]);
    expect(steps.slice(0, 2).every((step) => step.status === undefined)).toBe(true);
    expect(state).toMatchObject({ cursorAt: end, nextFireAt: end + 1_000, status: 'active' });
  });

  it('counts a delay from the end of the pause', () => {
    const memory = { anchorAt: 0, previousAt: 1, endedAt: 500, fireCount: 1, members: {} };
    const trigger: TriggerSpec = { kind: 'fixed-delay', delayMs: 300 };
    const fields = { status: 'paused', pausedUntilAt: 5_000, cursorAt: 1, memory } as const;
    const job = each(trigger, {}, fields);
    const write = plan(job, 6_000);
    expect(write.position.nextFireAt).toBe(5_001);
  });
});

describe('planJob of a long catch-up', () => {
  const NOW = 350_500_500;
  const DUE = 350_500;

  it.each([
    ['skip', { fired: 0, reasons: { misfire: DUE - 1 } }],
    ['fire-once', { fired: 1, reasons: { misfire: 264_099, coalesced: DUE - 264_099 - 2 } }],
    ['fire-all', { fired: 86_400, reasons: { misfire: 264_099 } }],
  ] as const)('by %s gives each instant one fate in few steps', (mode, expected) => {
    const misfire = { mode, graceMs: 1_000, ageMsMax: 86_400_500, runsMax: 100_000 };
    let job = each(SECOND, { misfire });
    const reasons: Record<string, number> = {};
    let fired = 0;
    let steps = 0;
    for (; job.cursorAt < NOW - 1_000; steps++) {
      const write = plan(job, NOW);
      expect(steps).toBeLessThan(6);
      let from = job.cursorAt;
      for (const skip of write.skips) {
        expect(skip.fromAt).toBeGreaterThan(from);
        from = skip.toAt;
        reasons[skip.reason] = (reasons[skip.reason] ?? 0) + skip.count;
      }
      fired += write.runs.filter(({ fireAt }) => fireAt < NOW - 1_000).length;
      job = after(job, write);
      const carrier = write.runs.find(({ coalescedCount }) => coalescedCount > 0);
      if (carrier) expect(carrier.coalescedCount).toBe(reasons.coalesced);
    }
    expect({ fired, reasons }).toEqual(expected);
    expect(job.memory).not.toHaveProperty('carriedCount');
    expect(job.memory.fireCount).toBe(DUE + 2);
  });
});

import { compiled } from '@tickwork/verify/engine/compiled.ts';
import { storedJob } from '@tickwork/verify/engine/stored-job.ts';
import { describe, expect, it } from 'vitest';
import { jobView, nextRunAt, statsView } from './views.ts';

const SECOND = { kind: 'interval', everyMs: 1_000 } as const;
const trigger = compiled(SECOND);

describe('statsView', () => {
  it('of a job that never ran has no rate and no mean', () => {
    expect(statsView(storedJob(), 5)).toMatchObject({
      runCount: 0,
      successRate: null,
      durationMsMean: null,
      nextRunAt: 5,
    });
  });

  it('leaves cancelled and skipped runs out of rate and mean', () => {
    const stats = {
      ...storedJob().stats,
      ...{ successCount: 3, failureCount: 1, cancelledCount: 4, skippedCount: 9 },
      durationMsTotal: 800,
    };
    expect(statsView(storedJob({}, { stats }), null)).toMatchObject({
      runCount: 8,
      skippedCount: 9,
      successRate: 0.75,
      durationMsMean: 200,
    });
  });
});

describe('nextRunAt', () => {
  it.each([
    ['the next instant', { cursorAt: 500, nextFireAt: 1_000 }, 1_000],
    ['one that has its row already', { cursorAt: 3_000, nextFireAt: 4_000 }, 1_000],
    ['nothing while paused', { status: 'paused', nextFireAt: 1_000 }, null],
    ['nothing while disabled', { status: 'disabled', nextFireAt: null }, null],
    ['nothing when there is none', { cursorAt: 500, nextFireAt: null }, null],
  ] as const)('is %s', (_, fields, expected) => {
    expect(nextRunAt(storedJob({ trigger: SECOND }, fields), trigger, 500)).toBe(expected);
  });

  it('is the last planned instant where the trigger cannot be asked again', () => {
    const once = { kind: 'once', at: 900 } as const;
    const ended = compiled({ ...SECOND, runsMax: 1 });
    const memory = { ...storedJob().memory, fireCount: 1 };
    const job = storedJob({ trigger: once }, { cursorAt: 900, nextFireAt: null, memory });
    expect(nextRunAt(job, ended, 500)).toBe(900);
  });
});

describe('jobView', () => {
  it('describes the trigger in both languages', () => {
    const view = jobView(storedJob({ trigger: SECOND }), trigger, {
      hasHandler: null,
      runningCount: 2,
      now: 0,
    });
    expect(view.describe.en).not.toBe('');
    expect(view.describe['zh-CN']).not.toBe(view.describe.en);
    expect(view).toMatchObject({ name: 'job', hasHandler: null, runningCount: 2 });
  });
});

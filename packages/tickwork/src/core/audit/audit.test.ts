import { describe, expect, it } from 'vitest';
import { createTestScheduler, type TestScheduler } from '../../testing/manual-scheduler.ts';
import type { Run, SkipRange } from '../model/run.ts';
import type { Store } from '../ports/store.ts';

interface Ledger {
  runs: (runs: readonly Run[]) => readonly Run[];
  skips: (skips: readonly SkipRange[]) => readonly SkipRange[];
}

/** A scheduler whose ledger can be falsified afterwards. */
async function world(options: { start?: string } = {}): Promise<TestScheduler & { lie: Ledger }> {
  const lie: Ledger = { runs: (runs) => runs, skips: (skips) => skips };
  const test = await createTestScheduler({
    ...options,
    // Days pass: an idle scheduler need not look five times a second.
    timings: { pollEveryMs: 10_000, renewEveryMs: 60_000, leaseMs: 600_000, reapEveryMs: 60_000 },
    wrapStore: (inner): Store => ({
      ...inner,
      listRuns: async (filter, page) => {
        const found = await inner.listRuns(filter, page);
        return { ...found, runs: lie.runs(found.runs) };
      },
      listSkips: async (...args) => [...lie.skips(await inner.listSkips(...args))],
    }),
  });
  test.scheduler.task('work', () => null);
  return { ...test, lie };
}

async function findings(test: TestScheduler, job = 'job'): Promise<string[]> {
  const { jobs } = await test.scheduler.audit({ job });
  return (jobs[0]?.findings ?? []).map(({ kind, instantCount }) => `${kind} ${instantCount}`);
}

describe('audit', () => {
  it('finds nothing after edits, pauses, disabled hours and downtime', async () => {
    const test = await world();
    const { scheduler } = test;
    const source = { kind: 'file', id: '/t' } as const;
    const apply = (job: object) =>
      scheduler.applyJobs(source, { job: { task: 'work', ...job } as never });
    await apply({ every: '1m' });
    await test.advanceBy('30m');
    await scheduler.pause('job');
    await test.advanceBy('30m');
    await scheduler.resume('job');
    await test.advanceBy('10m30s');
    await apply({ cron: '*/7 * * * *' });
    await test.advanceBy('1h');
    await scheduler.disable('job');
    await test.advanceBy('1h');
    await scheduler.resume('job');
    await test.advanceBy('1h');
    await scheduler.stop();
    await test.advanceBy('3h');
    await scheduler.start();
    await test.advanceBy('1h');
    const report = await scheduler.audit();
    expect(report.jobs[0]?.findings).toEqual([]);
    expect(report.findingCount).toBe(0);
    const [job] = report.jobs;
    expect(report.expectedCount).toBe((job?.runCount ?? 0) + (job?.skippedCount ?? 0));
    expect(job?.skippedCount).toBeGreaterThan(30 + 20);
  });

  it.each([
    ['random', { random: { min: '1m', max: '9m' } }],
    ['a maximum of runs', { every: '1m', runsMax: 7 }],
    ['a union', [{ every: '7m' }, { cron: '*/5 * * * *' }]],
    ['once', { once: '2026-01-01T03:00Z' }],
    ['manual', { manual: true }],
  ])('computes %s again', async (_name, trigger) => {
    const test = await world();
    await test.scheduler.job('job', { trigger: trigger as never, task: 'work' });
    await test.advanceBy('6h');
    expect(await findings(test)).toEqual([]);
  });

  it('finds a lost run, and names the whole gap once', async () => {
    const test = await world();
    await test.scheduler.job('job', { every: '1m', task: 'work' });
    await test.advanceBy('1h');
    const lost = Date.UTC(2026, 0, 1, 0, 20);
    test.lie.runs = (runs) => runs.filter((run) => Math.abs(run.fireAt - lost) > 120_000);
    const { jobs, findingCount } = await test.scheduler.audit({ job: 'job' });
    expect(findingCount).toBe(1);
    expect(jobs[0]?.findings[0]).toMatchObject({
      kind: 'gap',
      fromAt: lost - 120_000,
      toAt: lost + 120_000,
      instantCount: 5,
      message:
        '5 instants from 2026-01-01 00:18 UTC to 2026-01-01 00:22 UTC have neither a run ' +
        'nor a reason.',
    });
  });

  it('finds doubled, foreign and wrongly revised rows', async () => {
    const test = await world();
    await test.scheduler.job('job', { every: '1m', task: 'work' });
    await test.advanceBy('10m');
    const at = Date.UTC(2026, 0, 1, 0, 5);
    const alter = (change: (run: Run) => Partial<Run>, keep: boolean): void => {
      test.lie.runs = (runs) =>
        runs.flatMap((run) => {
          if (run.fireAt !== at) return [run];
          return [...(keep ? [run] : []), { ...run, ...change(run) }];
        });
    };
    alter(() => ({ id: 'again' }), true);
    expect(await findings(test)).toEqual(['double 1']);
    alter((run) => ({ id: 'foreign', fireAt: run.fireAt + 1 }), true);
    expect(await findings(test)).toEqual(['outside 1']);
    alter(() => ({ jobRevision: 9 }), false);
    expect(await findings(test)).toEqual(['revision 1']);
  });

  it('finds skipped stretches that count wrongly or cover a run', async () => {
    const test = await world();
    await test.scheduler.job('job', { every: '1m', task: 'work' });
    await test.advanceBy('10m');
    await test.scheduler.pause('job');
    await test.advanceBy('10m');
    await test.scheduler.resume('job');
    await test.advanceBy('10m');
    test.lie.skips = (skips) => skips.map((skip) => ({ ...skip, count: skip.count + 1 }));
    expect(await findings(test)).toEqual(['count 1']);
    test.lie.skips = (skips) =>
      skips.map((skip) => ({ ...skip, toAt: skip.toAt + 60_000, count: skip.count + 1 }));
    expect(await findings(test)).toEqual(['double 1']);
  });

  it('takes what retention removed for no gap', async () => {
    const test = await world();
    const retention = { runs: 10 };
    await test.scheduler.job('job', { every: '1m', task: 'work', retention } as never);
    await test.advanceBy('3h');
    const { jobs } = await test.scheduler.audit({ job: 'job' });
    expect(jobs[0]?.findings).toEqual([]);
    expect(jobs[0]?.expectedCount).toBeLessThan(12);
    expect(jobs[0]?.notes.join()).toMatch(/^Audited from .* on: nothing older is kept\.$/);
  });

  it('takes what failed runs outlived for no gap', async () => {
    const test = await world();
    const retention = { runs: 5, failedRuns: 1000 };
    let count = 0;
    test.scheduler.task('sixth', () => {
      if (count++ % 6 === 0) throw new Error('every sixth fails');
      return null;
    });
    const job = { every: '1m', task: 'sixth', retry: 0, retention };
    await test.scheduler.job('job', job as never);
    await test.advanceBy('1h');
    const { jobs } = await test.scheduler.audit({ job: 'job' });
    expect(jobs[0]?.findings).toEqual([]);
    expect(jobs[0]?.expectedCount).toBeLessThan(9);
  });

  it('looks no further back than it is asked to', async () => {
    const test = await world();
    await test.scheduler.job('job', { every: '1h', task: 'work' });
    await test.advanceBy('5d');
    const { jobs } = await test.scheduler.audit({ since: '1d' });
    expect(jobs[0]?.expectedCount).toBe(24);
    expect((await test.scheduler.audit({ since: '2026-01-05T12:00Z' })).expectedCount).toBe(12);
  });

  it('says what it cannot judge', async () => {
    const test = await world();
    await test.scheduler.job('job', { every: '1m', from: 'end', task: 'work' } as never);
    await test.advanceBy('1h');
    const { jobs } = await test.scheduler.audit({ job: 'job' });
    expect(jobs[0]?.findings).toEqual([]);
    expect(jobs[0]?.notes.join()).toMatch(/counts from the ends/);
    await test.scheduler.job('late', { every: '1m', task: 'work' });
    await test.scheduler.stop();
    await test.advanceBy('1h');
    const late = await test.scheduler.audit({ job: 'late' });
    expect(late.jobs[0]?.notes.join()).toMatch(/not decided yet/);
  });

  it('refuses unknown jobs and wrong periods', async () => {
    const { scheduler } = await world();
    await expect(scheduler.audit({ job: 'none' })).rejects.toMatchObject({ code: 'JOB_NOT_FOUND' });
    await expect(scheduler.audit({ since: '7 moons' })).rejects.toMatchObject({
      code: 'INVALID_INSTANT',
    });
    await expect(scheduler.audit({ since: '7x' })).rejects.toMatchObject({
      code: 'INVALID_DURATION',
    });
  });
});

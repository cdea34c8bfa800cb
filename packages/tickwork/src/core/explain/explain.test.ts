import { describe, expect, it } from 'vitest';
import { createTestScheduler, type TestScheduler } from '../../testing/manual-scheduler.ts';

const DAY = { mon: '2026-01-05', sat: '2026-01-03' };

async function world(start = '2026-01-01T00:00Z'): Promise<TestScheduler> {
  const test = await createTestScheduler({
    start,
    timings: { pollEveryMs: 10_000, renewEveryMs: 60_000, leaseMs: 600_000, reapEveryMs: 60_000 },
  });
  test.scheduler.task('work', () => null);
  return test;
}

/** `verdict: code, code, …`. */
async function chain(test: TestScheduler, at: string, job = 'job'): Promise<string> {
  const { verdict, steps } = await test.scheduler.explain(job, { at });
  return `${verdict}: ${steps.map((step) => step.code).join(', ')}`;
}

async function lastWords(test: TestScheduler, at: string): Promise<string> {
  const { steps } = await test.scheduler.explain('job', { at });
  return steps.at(-1)?.message ?? '';
}

describe('explain of what was made up for', () => {
  it('tells the run of a backfill, also before the job was created', async () => {
    const test = await world();
    await test.scheduler.job('job', { daily: '02:00', task: 'work' });
    await test.advanceTo('2026-01-01T01:00Z');
    const day = { from: '2025-12-31T00:00Z', to: '2025-12-31T23:00Z' };
    const { runIds } = await test.scheduler.backfill('job', day);
    expect(await chain(test, '2025-12-31T02:00Z')).toMatch(/: created, made-up/);
    await test.advanceTo('2026-01-01T01:10Z');
    const told = await test.scheduler.explain('job', { at: '2025-12-31T02:00Z' });
    expect(told).toMatchObject({ verdict: 'ran', runId: runIds[0] });
    expect(told.steps.map(({ code }) => code)).toEqual(['created', 'made-up', 'attempt']);
  });

  it('tells why it was skipped and what made up for it, also after a resumption', async () => {
    const test = await world();
    await test.scheduler.job('job', { daily: '02:00', task: 'work' });
    await test.scheduler.pause('job');
    await test.advanceTo('2026-01-01T03:00Z');
    await test.scheduler.resume('job', { catchUp: 'all' });
    await test.advanceTo('2026-01-01T03:10Z');
    const told = await chain(test, '2026-01-01T02:00Z');
    expect(told).toBe('ran: in-force, trigger, stretch, paused, made-up, attempt');
  });

  it('keeps that an instant has run if running it again fails', async () => {
    const test = await world();
    let fails = false;
    test.scheduler.task('flaky', () => {
      if (fails) throw new Error('no route to host');
    });
    await test.scheduler.job('job', { daily: '02:00', task: 'flaky', retry: { attempts: 0 } });
    await test.advanceTo('2026-01-01T03:00Z');
    fails = true;
    const range = { from: '2026-01-01T02:00Z', to: '2026-01-01T02:00Z', force: true };
    await test.scheduler.backfill('job', range);
    await test.advanceTo('2026-01-01T03:10Z');
    const told = await test.scheduler.explain('job', { at: '2026-01-01T02:00Z' });
    expect(told.verdict).toBe('ran');
    expect(told.steps.map(({ message }) => message).join(' ')).toContain('no route to host');
  });
});

describe('explain', () => {
  it('tells of a run with its attempts', async () => {
    const test = await world();
    let calls = 0;
    test.scheduler.task('flaky', () => {
      calls += 1;
      if (calls < 3) throw new Error('no route to host');
    });
    await test.scheduler.job('job', { daily: '02:00', task: 'flaky', retry: { delay: '1m' } });
    await test.advanceTo('2026-01-01T03:00Z');
    const told = await test.scheduler.explain('job', { at: '2026-01-01T02:00Z' });
    expect(told.verdict).toBe('ran');
    expect(told.steps.map((step) => step.message)).toEqual([
      'Revision 1 was in force, and the job was active.',
      'Its trigger fires every day at 02:00 (UTC).',
      expect.stringMatching(
        /^Attempt 1 began at 2026-01-01 02:00 UTC \(0s after .* after 0s: no route to host\.$/,
      ),
      expect.stringMatching(/^Attempt 2 began .* and failed/),
      expect.stringMatching(/^Attempt 3 began .* and succeeded/),
    ]);
    expect(told.nextAt).toBe(Date.UTC(2026, 0, 2, 2));
    expect(told.previousAt).toBeNull();
  });

  it('names the run in the way and the policy', async () => {
    const test = await world();
    test.scheduler.task('slow', () => test.sleep('90s'));
    await test.scheduler.job('job', { every: '1m', task: 'slow' });
    await test.advanceTo('2026-01-01T00:05:30Z');
    const told = await test.scheduler.explain('job', { at: '2026-01-01T00:02Z' });
    const first = await test.scheduler.explain('job', { at: '2026-01-01T00:01Z' });
    expect(first.verdict).toBe('ran');
    expect(told.verdict).toBe('skipped');
    expect(told.steps.at(-1)).toMatchObject({
      code: 'overlap',
      message:
        `Run ${first.runId} was not finished when its instant came, ` +
        'and the overlap policy is skip.',
      facts: { mode: 'skip', activeRunIds: [first.runId] },
    });
  });

  it('tells of exhausted retries, running work and waiting runs', async () => {
    const test = await world();
    test.scheduler.task('broken', () => false);
    await test.scheduler.job('job', { daily: '02:00', task: 'broken', retry: 0 } as never);
    test.scheduler.task('slow', () => test.sleep('4m'));
    await test.scheduler.job('slow', { every: '1h', task: 'slow', overlap: 'queue-one' } as never);
    await test.advanceTo('2026-01-01T02:01Z');
    expect(await chain(test, '2026-01-01T02:00Z')).toMatch(/^failed: .*attempt, exhausted$/);
    expect(await chain(test, '2026-01-01T02:00Z', 'slow')).toMatch(/^running: .*attempt$/);
    await test.scheduler.job('orphan', { every: '1h', task: 'nobody' });
    await test.advanceTo('2026-01-01T03:02Z');
    const { nextAt } = await test.scheduler.explain('orphan', { at: '2026-01-01T02:01Z' });
    const told = await test.scheduler.explain('orphan', { at: nextAt ?? 0 });
    expect(told.verdict).toBe('waiting');
    expect(told.steps.at(-1)?.message).toMatch(
      /no node that is up .* a handler for function:nobody/,
    );
  });

  it('tells of pauses, disabled times, downtime and edits', async () => {
    const test = await world();
    const { scheduler } = test;
    await scheduler.job('job', { every: '1h', task: 'work' });
    await scheduler.pause('job', { reason: 'holidays' });
    await test.advanceTo('2026-01-01T03:30Z');
    expect(await chain(test, '2026-01-01T02:00Z')).toBe(
      'skipped: in-force, trigger, stretch, paused',
    );
    await scheduler.disable('job', { reason: 'broken' });
    await test.advanceTo('2026-01-01T06:30Z');
    await scheduler.resume('job');
    const disabled = await scheduler.explain('job', { at: '2026-01-01T05:00Z' });
    expect(disabled.verdict).toBe('not-in-force');
    expect(disabled.steps[0]?.message).toBe(
      'The job had been disabled since 2026-01-01 03:30 UTC (broken); its revision was 1.',
    );
    await scheduler.stop();
    await test.advanceTo('2026-01-01T12:10Z');
    expect(await chain(test, '2026-01-01T09:00Z')).toBe('undecided: in-force, trigger, undecided');
    await scheduler.start();
    await test.advanceBy('1m');
    expect(await chain(test, '2026-01-01T09:00Z')).toBe(
      'skipped: in-force, trigger, stretch, coalesced',
    );
    expect(await chain(test, '2026-01-01T12:00Z')).toBe(
      'ran: in-force, trigger, stands-for, attempt',
    );
    expect(await chain(test, '2026-01-01T20:00Z')).toBe('ahead: in-force, trigger, ahead');
    expect(await chain(test, '2025-12-31T20:00Z')).toBe('not-in-force: created');
  });

  it('tells why an instant is none, and which are near', async () => {
    const test = await world();
    const { scheduler } = test;
    const source = { kind: 'api', id: '' } as const;
    await scheduler.applyCalendars({ office: { holidays: ['2026-01-03', '2026-01-04'] } }, source);
    await scheduler.job('job', {
      trigger: { daily: '09:00', calendar: 'office', startAt: '2026-01-02T00:00Z' },
      task: 'work',
    });
    await test.advanceTo('2026-01-07T00:00Z');
    expect(await chain(test, `${DAY.sat}T09:00Z`)).toBe('no-instant: in-force, trigger, calendar');
    expect(await lastWords(test, `${DAY.sat}T09:00Z`)).toBe(
      'The calendar office excludes that day.',
    );
    expect(await chain(test, '2026-01-01T09:00Z')).toMatch(/before-start$/);
    const odd = await scheduler.explain('job', { at: `${DAY.mon}T10:00Z` });
    expect(odd.verdict).toBe('no-instant');
    expect(odd.previousAt).toBe(Date.UTC(2026, 0, 5, 9));
    expect(odd.nextAt).toBe(Date.UTC(2026, 0, 6, 9));
  });

  it('tells of clock changes', async () => {
    const test = await world('2026-03-28T00:00 Europe/Berlin');
    await test.scheduler.job('job', { daily: '02:30', task: 'work' });
    await test.scheduler.job('strict', {
      trigger: { daily: '02:30', dst: { gap: 'skip' } } as never,
      task: 'work',
    });
    await test.advanceTo('2026-03-30T00:00 Europe/Berlin'.slice(0, 16));
    const told = await test.scheduler.explain('job', { at: '2026-03-29T01:00Z' });
    expect(told.verdict).toBe('ran');
    expect(told.steps.find((step) => step.code === 'note')?.message).toMatch(/clock change/);
    expect(await chain(test, '2026-03-29T01:00Z', 'strict')).toMatch(
      /^no-instant: .*clock-change$/,
    );
  });

  it('finds the instant in the second that was asked for', async () => {
    const test = await world('2026-01-01T00:00:00.250Z');
    await test.scheduler.job('job', { every: '1m', task: 'work' });
    await test.advanceBy('3m');
    const told = await test.scheduler.explain('job', { at: '2026-01-01T00:01:00Z' });
    expect(told).toMatchObject({ verdict: 'ran', askedAt: Date.UTC(2026, 0, 1, 0, 1, 0, 250) });
  });

  it('says that a row is gone, rightly or not', async () => {
    const test = await world();
    await test.scheduler.job('job', { every: '1m', task: 'work', retention: { runs: 5 } } as never);
    await test.advanceBy('2h');
    expect(await chain(test, '2026-01-01T00:10Z')).toMatch(/^not-kept: .*retention$/);
  });

  it('refuses unknown jobs and instants', async () => {
    const { scheduler } = await world();
    await expect(scheduler.explain('none', { at: 0 })).rejects.toMatchObject({
      code: 'JOB_NOT_FOUND',
    });
    await expect(scheduler.explain('none', { at: 'noon' })).rejects.toMatchObject({
      code: 'INVALID_INSTANT',
    });
  });
});

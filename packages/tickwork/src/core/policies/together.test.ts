import { EngineWorld } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';

describe('policies together', () => {
  it('leave every instant one fate, and the audit finds nothing', async () => {
    const world = new EngineWorld({ pools: { db: 1 } })
      .task('work')
      .task('no', () => false)
      .task('slow', (_, { sleep }) => sleep(7_000));
    const { scheduler } = await world.start();
    await world.start();
    const failing = { retry: false, onFailure: { retryAfter: '25s', pauseAfter: 4 } } as const;
    const limited = { pool: 'db', rate: { max: 1, per: '30s' }, startWithin: '20s' } as const;
    await scheduler.job('skipped', { every: '10s', task: 'work' });
    await scheduler.job('failing', { every: '10s', task: 'no', ...failing });
    await scheduler.job('checked', { every: '10s', task: 'work', onlyIf: 'no', ...limited });
    await scheduler.job('queued', { every: '5s', task: 'slow', overlap: 'queue-all', ...limited });
    await world.to(12_000);
    await scheduler.skip('skipped', { next: 2 });
    await world.to(200_000);
    await scheduler.backfill('skipped', {
      from: '2026-01-01T00:00:00Z',
      to: '2026-01-01T00:03:00Z',
    });
    await world.to(220_000);
    expect(await world.job('failing')).toMatchObject({ status: 'paused' });
    const report = await scheduler.audit({});
    expect(report.findingCount).toBe(0);
    expect(report.expectedCount).toBeGreaterThan(100);
    expect(await world.problems(60_000)).toEqual([]);
  });
});

import { expect, it } from 'vitest';
import { CHANGES_MAX } from '../../packages/tickwork/src/core/model/job-change.ts';
import type { Scheduler } from '../../packages/tickwork/src/index.ts';
import { createScheduler } from '../../packages/tickwork/src/index.ts';
import { stores } from './sequences.ts';

const silent = { log: () => {} };

async function changesOf(name: string, act: (scheduler: Scheduler) => Promise<void>) {
  const { handles, drop } = await (stores[name] as (typeof stores)[string])();
  const [store] = handles;
  if (store === undefined) throw new Error('there is no store');
  const scheduler = await createScheduler({ store, logger: silent, timezone: 'UTC' });
  await act(scheduler);
  const [job] = await store.findJobs(['backup']);
  const changes = await store.listChanges(job?.id ?? 0);
  await drop();
  return changes;
}

it.each(Object.keys(stores))('%s keeps what was in force when', async (name) => {
  const changes = await changesOf(name, async (scheduler) => {
    await scheduler.job('backup', { daily: '02:00', task: 'backup' });
    await scheduler.pause('backup', { reason: 'holidays' });
    await scheduler.resume('backup');
    await scheduler.disable('backup');
    const source = { kind: 'code', id: '' } as const;
    await scheduler.applyJobs(source, { backup: { daily: '03:00', task: 'backup' } });
  });
  expect(changes.map(({ revision, status, reason }) => [revision, status, reason])).toEqual([
    [1, 'active', null],
    [1, 'paused', 'holidays'],
    [1, 'active', null],
    [1, 'disabled', 'disabled by hand'],
    [2, 'disabled', 'disabled by hand'],
  ]);
});

it.each(Object.keys(stores))('%s bounds what it keeps of one job', async (name) => {
  const changes = await changesOf(name, async (scheduler) => {
    await scheduler.job('backup', { daily: '02:00', task: 'backup' });
    for (let i = 0; i <= CHANGES_MAX; i++) await scheduler.pause('backup', { reason: `${i}` });
  });
  expect(changes).toHaveLength(CHANGES_MAX);
  expect(changes.at(-1)?.reason).toBe(`${CHANGES_MAX}`);
});

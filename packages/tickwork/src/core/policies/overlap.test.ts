import { EngineWorld } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';
import type { JobInput } from '../declaration/job-input.ts';

interface Case {
  readonly overlap: JobInput['overlap'];
  /** Of each attempt: when it began and ended, in ms. */
  readonly ran: readonly string[];
  readonly fates: readonly string[];
}

/** A job each 2 s whose runs take 4.9 s, watched for 14.5 s. */
const cases: readonly Case[] = [
  {
    overlap: 'skip',
    ran: ['2000-6900', '8000-12900', '14000-'],
    fates: [
      '2000 SUCCESS',
      '4000 SKIPPED overlap',
      '6000 SKIPPED overlap',
      '8000 SUCCESS',
      '10000 SKIPPED overlap',
      '12000 SKIPPED overlap',
      '14000 RUNNING',
    ],
  },
  {
    overlap: 'queue-one',
    ran: ['2000-6900', '6900-11800', '11800-'],
    fates: [
      '2000 SUCCESS',
      '4000 SUCCESS',
      '6000 SKIPPED overlap',
      '8000 RUNNING',
      '10000 SKIPPED overlap',
      '12000 PENDING',
      '14000 SKIPPED overlap',
    ],
  },
  {
    overlap: 'queue-all',
    ran: ['2000-6900', '6900-11800', '11800-'],
    fates: [
      '2000 SUCCESS',
      '4000 SUCCESS',
      '6000 RUNNING',
      '8000 PENDING',
      '10000 PENDING',
      '12000 PENDING',
      '14000 PENDING',
    ],
  },
  {
    overlap: { mode: 'queue-all', maxWaiting: 2 },
    ran: ['2000-6900', '6900-11800', '11800-'],
    fates: [
      '2000 SUCCESS',
      '4000 SUCCESS',
      '6000 RUNNING',
      '8000 PENDING',
      '10000 SKIPPED limit',
      '12000 PENDING',
      '14000 SKIPPED limit',
    ],
  },
  {
    overlap: 'cancel-previous',
    ran: [
      '2000-4000',
      '4000-6000',
      '6000-8000',
      '8000-10000',
      '10000-12000',
      '12000-14000',
      '14000-',
    ],
    fates: [
      ...[2000, 4000, 6000, 8000, 10000, 12000].map((at) => `${at} CANCELLED overlap`),
      '14000 RUNNING',
    ],
  },
  {
    overlap: 'allow',
    ran: ['2000-6900', '4000-8900', '6000-10900', '8000-12900', '10000-', '12000-', '14000-'],
    fates: [
      ...[2000, 4000, 6000, 8000].map((at) => `${at} SUCCESS`),
      ...[10000, 12000, 14000].map((at) => `${at} RUNNING`),
    ],
  },
];

describe('overlap', () => {
  it.each(cases)('$overlap decides at the instant', async ({ overlap, ran, fates }) => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(4900));
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '2s', task: 'work', ...(overlap ? { overlap } : {}) });
    await world.to(14_500);
    expect(world.spans('j')).toEqual(ran);
    expect(await world.fates('j')).toEqual(fates);
    expect(await world.problems()).toEqual([]);
  });

  it('holds for a run by hand as for a scheduled one', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(4900));
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'work' });
    await world.to(11_000);
    await scheduler.runNow('j');
    await world.to(16_000);
    await scheduler.runNow('j');
    await world.to(21_500);
    expect(await world.fates('j')).toEqual([
      '10000 SUCCESS',
      '11000 SKIPPED overlap',
      '16000 SUCCESS',
      '20000 SKIPPED overlap',
    ]);
  });

  it('lets the next run start as soon as a cancelled one is given up', async () => {
    const world = new EngineWorld().task('deaf', (_, { sleepDeaf }) => sleepDeaf(60_000));
    const { scheduler } = await world.start();
    const policies = { overlap: 'cancel-previous', cancelGrace: '3s' } as const;
    await scheduler.job('j', { every: '10s', task: 'deaf', ...policies });
    await world.to(25_000);
    expect(world.calls.map(({ from }) => from)).toEqual([10_000, 23_000]);
    expect(await world.fates('j')).toEqual(['10000 CANCELLED overlap', '20000 RUNNING']);
    expect(world.told('run.abandoned')).toHaveLength(1);
  });

  it('counts a run that waits for its next attempt as the active one', async () => {
    const world = new EngineWorld().task('fails', () => false);
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '2s', task: 'fails', retry: { attempts: 1, delay: '3s' } });
    await world.to(8_500);
    expect(await world.fates('j')).toEqual([
      '2000 FAILED error',
      '4000 SKIPPED overlap',
      '6000 RETRY error',
      '8000 SKIPPED overlap',
    ]);
    expect(world.calls.map(({ from }) => from)).toEqual([2000, 5000, 6000]);
  });

  it('cancels the waiting run too when a newer one replaces both', async () => {
    const world = new EngineWorld().task('deaf', (_, { sleepDeaf }) => sleepDeaf(7500));
    const { scheduler } = await world.start();
    const policies = { overlap: 'cancel-previous', cancelGrace: '30s' } as const;
    await scheduler.job('j', { every: '3s', task: 'deaf', ...policies });
    await world.to(11_000);
    expect(await world.fates('j')).toEqual([
      '3000 SUCCESS',
      '6000 CANCELLED overlap',
      '9000 RUNNING',
    ]);
  });

  it('runs a queue in the order of its instants after a node is gone', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(4000));
    const first = await world.start();
    const policies = { overlap: 'queue-all', misfire: 'fire-all' } as const;
    await first.scheduler.job('j', { every: '2s', task: 'work', limit: 4, ...policies });
    await world.to(5_000);
    first.crash();
    await world.start();
    await world.to(60_000);
    const ended = world.calls.filter(({ to, node }) => to !== null && node === 'n2');
    expect(ended.map(({ fireAt }) => fireAt)).toEqual([2000, 4000, 6000, 8000]);
    expect(await world.fates('j')).toEqual([2000, 4000, 6000, 8000].map((at) => `${at} SUCCESS`));
    expect(await world.problems()).toEqual([]);
  });
});

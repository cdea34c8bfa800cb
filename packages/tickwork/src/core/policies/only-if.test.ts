import { EngineWorld } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';

const shown = ({
  state,
  reason,
  error,
}: {
  state: string;
  reason: string | null;
  error: string | null;
}) => `${state} ${reason} ${error}`;

describe('a pre-check', () => {
  it('that says no skips the run, with its words, and the task is not begun', async () => {
    let isOpen = false;
    const world = new EngineWorld().task('isOpen', () => isOpen).task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'work', onlyIf: 'isOpen', input: { n: 1 } });
    await world.to(25_000);
    isOpen = true;
    await world.to(35_000);
    expect((await world.runs('j')).map(shown)).toEqual([
      'SKIPPED check false',
      'SKIPPED check false',
      'SUCCESS null null',
    ]);
    expect(world.calls.map(({ task, input }) => [task, input])).toEqual([
      ...['isOpen', 'isOpen', 'isOpen', 'work'].map((task) => [task, { n: 1 }]),
    ]);
    expect(await world.job('j')).toMatchObject({ stats: { skippedCount: 2, successCount: 1 } });
    const [first] = await world.runs('j');
    const { attempts } = await scheduler.findRun(first?.id ?? '');
    expect(attempts).toMatchObject([{ outcome: 'skipped', attempt: 1 }]);
    expect(await world.problems()).toEqual([]);
  });

  it('that breaks fails the attempt, which is made again', async () => {
    let asked = 0;
    const world = new EngineWorld().task('work').task('check', () => {
      asked++;
      if (asked === 1) throw new Error('no network');
      return true;
    });
    const { scheduler } = await world.start();
    const retry = { attempts: 1, delay: '1s' };
    await scheduler.job('j', { every: '10s', limit: 1, task: 'work', onlyIf: 'check', retry });
    await world.to(15_000);
    expect(await world.fates('j')).toEqual(['10000 SUCCESS']);
    const [run] = await world.runs('j');
    expect(run).toMatchObject({ attempt: 2, failedCount: 1 });
  });

  it('shares the time of its attempt, and its stop', async () => {
    const world = new EngineWorld().task('work').task('slow', (_, { sleep }) => sleep(60_000));
    const { scheduler } = await world.start();
    const rest = { task: 'work', onlyIf: 'slow', retry: false, timeout: '5s' } as const;
    await scheduler.job('j', { every: '10s', limit: 1, ...rest });
    await world.to(20_000);
    expect(await world.fates('j')).toEqual(['10000 FAILED timeout']);
    expect(world.calls.map(({ task }) => task)).toEqual(['slow']);
  });

  it('counts neither as a failure nor as a success of its job', async () => {
    const world = new EngineWorld().task('no', () => false).task('work');
    const { scheduler } = await world.start();
    const onFailure = { pauseAfter: 1 };
    await scheduler.job('j', { every: '10s', task: 'work', onlyIf: 'no', onFailure });
    await world.to(25_000);
    expect(await world.job('j')).toMatchObject({ status: 'active', failuresInRow: 0 });
  });

  it('may stand before an enqueued run, too', async () => {
    let isOpen = false;
    const world = new EngineWorld().task('isOpen', () => isOpen).task('work');
    const { scheduler } = await world.start();
    const policies = { onlyIf: 'isOpen' };
    const first = await scheduler.enqueue('work', 1, { policies });
    await world.pass(1_000);
    isOpen = true;
    const [second] = await scheduler.enqueueMany('work', [2], { policies });
    await world.pass(1_000);
    const runs = await Promise.all(
      [first, second].map(async (each) => (await scheduler.findRun(each?.runId ?? '')).run),
    );
    expect(runs.map(shown)).toEqual(['SKIPPED check false', 'SUCCESS null null']);
    expect(world.calls.map(({ task, input }) => `${task} ${input}`)).toEqual([
      ...['isOpen 1', 'isOpen 2', 'work 2'],
    ]);
    expect(await world.problems()).toEqual([]);
  });

  it('and every other policy of an enqueued run is checked', async () => {
    const { scheduler } = new EngineWorld().task('work').node();
    const enqueue = (policies: object) => scheduler.enqueue('work', null, { policies });
    await expect(enqueue({ onlyIf: { kind: 'fortran' } })).rejects.toMatchObject({
      ...{ code: 'INVALID_JOB', field: 'policies.onlyIf' },
    });
    await expect(enqueue({ onlyif: 'work' })).rejects.toMatchObject({
      ...{ code: 'INVALID_JOB', field: 'policies.onlyif' },
    });
  });

  it('of a job is checked with the job', async () => {
    const { scheduler } = new EngineWorld().task('work').node();
    const refused = scheduler.job('j', { every: '10s', task: 'work', onlyIf: { kind: 'fortran' } });
    await expect(refused).rejects.toMatchObject({ code: 'INVALID_JOB' });
  });
});

import { EngineWorld } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';
import type { JobInput } from '../declaration/job-input.ts';
import { expectedOf } from '../ledger/job-position.ts';

/** Declares again, as a later process would. */
async function redeclare(world: EngineWorld, name: string, input: JobInput): Promise<void> {
  await world.node().scheduler.job(name, input);
}

describe('an edit', () => {
  it('of the trigger counts from the last planned instant and fires none twice', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '2s', task: 'work' });
    await world.to(5_000);
    await redeclare(world, 'j', { every: '5s', task: 'work' });
    const { effectiveAt, revision } = await world.job('j');
    expect({ effectiveAt: effectiveAt - world.time.now, revision }).toEqual({
      // Planned ahead up to 6 s: that row is the former definition's and stays.
      effectiveAt: 1000,
      revision: 2,
    });
    await world.to(22_000);
    expect(world.calls.map(({ from }) => from)).toEqual([2000, 4000, 6000, 11_000, 16_000, 21_000]);
    expect(await world.problems()).toEqual([]);
  });

  it('back to an earlier time of day does not fire what has passed', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { daily: '00:10', task: 'work' });
    await world.to(15 * 60_000);
    await redeclare(world, 'j', { daily: '00:05', task: 'work' });
    await redeclare(world, 'j', { daily: '00:10', task: 'work' });
    await world.to(23 * 3_600_000);
    expect(await world.fates('j')).toEqual(['600000 SUCCESS']);
    expect(await world.problems()).toEqual([]);
  });

  it('of anything but the trigger keeps the grid', async () => {
    const world = new EngineWorld().task('work').task('other');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'work' });
    await world.to(15_000);
    await redeclare(world, 'j', { every: '10s', task: 'other', description: 'new' });
    await world.to(35_000);
    expect(world.calls.map(({ from, task }) => `${from} ${task}`)).toEqual([
      '10000 work',
      '20000 other',
      '30000 other',
    ]);
    expect(await world.problems()).toEqual([]);
  });

  it('leaves a running run its own definition, retries included', async () => {
    const world = new EngineWorld();
    world.task('old', async (_, { attempt, sleep }) => {
      await sleep(3_000);
      return attempt > 1;
    });
    world.task('new');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'old', input: 1 });
    await world.to(11_000);
    await redeclare(world, 'j', { every: '10s', task: 'new', input: 2 });
    await world.to(31_000);
    expect(world.calls.map(({ from, task, input }) => `${from} ${task} ${input}`)).toEqual([
      '10000 old 1',
      '18000 old 1',
      '30000 new 2',
    ]);
    expect(await world.fates('j')).toEqual([
      '10000 SUCCESS',
      '20000 SKIPPED overlap',
      '30000 SUCCESS',
    ]);
    expect(await world.problems()).toEqual([]);
  });

  it.each([
    // Runs every 4 s from 4 s on, for 4.3 s each; edited at 5 s.
    ['skip', 'queue-all', ['4000-8300', '8300-12600', '12600-16900']],
    ['allow', 'queue-one', ['4000-8300', '8300-12600', '12600-16900']],
  ] as const)('from %s to %s lets what waits in at the end of the former', async (was, is, ran) => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(4_300));
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '4s', task: 'work', overlap: was });
    await world.to(5_000);
    await redeclare(world, 'j', { every: '4s', task: 'work', overlap: is });
    await world.to(17_500);
    const ended = world.calls.filter(({ to }) => to !== null);
    expect(ended.map(({ from, to }) => `${from}-${to}`)).toEqual(ran);
    expect(await world.problems()).toEqual([]);
  });

  it('from queue-all to allow lets in what waits as soon as nothing runs', async () => {
    const world = new EngineWorld();
    world.task('work', (input, { sleep }) => sleep(input as number));
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '4s', task: 'work', input: 9_000, overlap: 'queue-all' });
    // The run of 4 s ends at 13 s, that of 8 s at 22 s; those of 12 s and 16 s wait.
    await world.to(17_000);
    await redeclare(world, 'j', { every: '4s', task: 'work', input: 2_300, overlap: 'allow' });
    await world.to(23_000);
    expect(world.calls.map(({ from, to }) => `${from}-${to ?? ''}`)).toEqual([
      '4000-13000',
      '13000-22000',
      '20000-22300',
      '22300-',
    ]);
    expect(await world.problems()).toEqual([]);
  });

  it('of a running job by a stricter policy counts from the next instant', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(9_000));
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '4s', task: 'work', overlap: 'allow' });
    await world.to(5_000);
    await redeclare(world, 'j', { every: '4s', task: 'work', overlap: 'skip' });
    await world.to(13_500);
    expect(await world.fates('j')).toEqual([
      '4000 SUCCESS',
      '8000 SKIPPED overlap',
      '12000 SKIPPED overlap',
    ]);
    expect(await world.problems()).toEqual([]);
  });

  it('of a job whose instants were missed first decides them as they were', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = world.node();
    await scheduler.job('j', { every: '10s', task: 'work', misfire: 'skip' });
    await world.to(45_000);
    await redeclare(world, 'j', { every: '7s', task: 'work', misfire: 'fire-all' });
    expect(await world.skips('j')).toMatchObject([{ count: 4, reason: 'misfire' }]);
    await scheduler.start();
    await world.to(60_000);
    expect(world.calls.map(({ from }) => from)).toEqual([52_000, 59_000]);
    expect(await world.problems()).toEqual([]);
  });

  it('of a job that could not be planned for a while decides what was due meanwhile', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '5s', task: 'work' });
    await world.to(12_000);
    const job = await world.job('j');
    const { cursorAt, memory, zoneVersion } = job;
    // As the planner puts off a job whose calendar is gone.
    const position = { cursorAt, nextFireAt: world.time.now + 60_000, memory, zoneVersion };
    const expected = expectedOf(job);
    const nothing = { runs: [], skips: [], supersede: null, at: world.time.now };
    await world.store.planDue([{ expected, position, ...nothing }]);
    await world.to(40_000);
    await redeclare(world, 'j', { every: '7s', task: 'work' });
    await world.to(60_000);
    expect(await world.problems()).toEqual([]);
  });

  it('of a paused job leaves it paused', async () => {
    const world = new EngineWorld().task('work');
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '10s', task: 'work' });
    await world.to(15_000);
    await scheduler.pause('j');
    await world.to(35_000);
    await redeclare(world, 'j', { every: '5s', task: 'work' });
    await world.to(50_500);
    await scheduler.resume('j');
    await world.to(61_000);
    expect(await world.fates('j')).toEqual(['10000 SUCCESS', '55000 SUCCESS', '60000 SUCCESS']);
    expect(await world.problems()).toEqual([]);
  });

  it('from a grid to a delay after runs, and back, never runs two at once', async () => {
    const world = new EngineWorld().task('work', (_, { sleep }) => sleep(3_000));
    const { scheduler } = await world.start();
    await scheduler.job('j', { every: '2s', task: 'work', overlap: 'queue-one' });
    await world.to(5_000);
    await redeclare(world, 'j', { every: '2s', from: 'end', task: 'work', overlap: 'queue-one' });
    await world.to(30_000);
    await redeclare(world, 'j', { every: '5s', task: 'work', overlap: 'queue-one' });
    await world.to(60_000);
    let busyUntil = 0;
    for (const { from, to } of world.calls) {
      expect(from).toBeGreaterThanOrEqual(busyUntil);
      busyUntil = to ?? 60_000;
    }
    expect(world.calls.length).toBeGreaterThan(10);
  });

  it('that changes nothing writes nothing', async () => {
    const world = new EngineWorld().task('work');
    const input = { every: '10s', task: 'work', tags: ['a'] } as const;
    await world.node().scheduler.job('j', input);
    const before = await world.job('j');
    const later = world.node();
    await later.scheduler.job('j', { ...input });
    expect(await world.job('j')).toEqual(before);
    expect(later.link.calls).not.toContain('saveJobs');
  });

  it('to a trigger without instants is refused and changes nothing', async () => {
    const world = new EngineWorld().task('work');
    await world.node().scheduler.job('j', { every: '10s', task: 'work' });
    const before = await world.job('j');
    await world.to(5_000);
    const once = { once: world.time.now - 100_000, task: 'work' };
    await expect(redeclare(world, 'j', once)).rejects.toMatchObject({ code: 'RUN_AT_PAST' });
    const never = { cron: '0 0 30 2 *', task: 'work' };
    await expect(redeclare(world, 'j', never)).rejects.toThrow();
    expect(await world.job('j')).toEqual(before);
  });
});

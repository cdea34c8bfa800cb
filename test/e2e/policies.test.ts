import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type ShownDetail, until, Workplace } from './workplace.ts';

const WORK = 'script: scripts/work.mjs';
const overlapModes = ['skip', 'queue-one', 'queue-all', 'cancel-previous', 'allow'] as const;

const config = (directory: string): string => `
scripts: { roots: [.] }
concurrency: { external: 20 }
jobs:
  fixed: { manual: true, ${WORK}, input: { failTimes: 2 }, retry: { attempts: 3, delay: 300ms } }
  exponential:
    manual: true
    ${WORK}
    input: { failTimes: 3 }
    retry: { attempts: 3, backoff: exponential, delay: 100ms, factor: 3 }
  list: { manual: true, ${WORK}, input: { failTimes: 9 }, retry: { delays: [100ms, 400ms] } }
  none: { manual: true, ${WORK}, input: { failTimes: 1 }, retry: false }
  timeout: { manual: true, ${WORK}, input: { ms: 60000 }, retry: false, timeout: 300ms }
  scheduled: { every: 1s, ${WORK}, input: { until: ${directory}/scheduled } }
${overlapModes
  .map(
    (mode) =>
      `  ${mode}: { manual: true, ${WORK}, input: { until: ${directory}/${mode} }, ` +
      `overlap: ${mode}, retry: false, cancelGrace: 1s }`,
  )
  .join('\n')}
`;

let place: Workplace;
beforeAll(async () => {
  place = new Workplace('');
  place.configure(config(place.directory));
  await place.start();
});
afterAll(() => place.remove());

/** Milliseconds between the end of each attempt and the start of the next. */
function gaps({ attempts }: ShownDetail): readonly number[] {
  return attempts.slice(1).map((attempt, i) => {
    const endedAt = Date.parse(attempts[i]?.endedAt ?? '');
    return Date.parse(attempt.startedAt) - endedAt;
  });
}

describe('retry', { timeout: 60_000 }, () => {
  it.each([
    ['fixed', 'SUCCESS', [300, 300]],
    ['exponential', 'SUCCESS', [100, 300, 900]],
    ['list', 'FAILED', [100, 400]],
    ['none', 'FAILED', []],
  ])('%s', async (job, state, delays) => {
    const detail = await place.reach(await place.runNow(job), 'SUCCESS', 'FAILED');
    expect(detail.run.state).toBe(state);
    expect(detail.run.attempt).toBe(delays.length + 1);
    const found = gaps(detail);
    expect(found.length).toBe(delays.length);
    for (const [i, delay] of delays.entries()) expect(found[i]).toBeGreaterThanOrEqual(delay);
  });
});

describe('timeout', { timeout: 60_000 }, () => {
  it('ends the attempt and is the exit status of who waits', async () => {
    const { run } = await place.ask<ShownDetail>(['jobs', 'run', 'timeout', '--wait'], 124);
    expect(run).toMatchObject({ state: 'FAILED', reason: 'timeout' });
  });
});

/** Asks for three runs while the first is held, and gives their ids. */
async function three(mode: string): Promise<readonly [string, string, string]> {
  const first = await place.runNow(mode);
  await place.reach(first, 'RUNNING');
  const second = await place.runNow(mode);
  if (mode === 'cancel-previous') await place.reach(second, 'RUNNING');
  if (mode === 'queue-one') {
    await until('the second waits', async () => {
      const { run } = await place.ask<{ run: { waiting: boolean } }>(['runs', 'show', second]);
      return run.waiting;
    });
  }
  return [first, second, await place.runNow(mode)];
}

async function states(ids: readonly string[]): Promise<readonly string[]> {
  const details = await Promise.all(ids.map((id) => place.show(id)));
  return details.map(({ run }) => (run.reason === null ? run.state : `${run.state} ${run.reason}`));
}

describe('overlap', { timeout: 60_000 }, () => {
  it('skip: others are skipped with the reason', async () => {
    const ids = await three('skip');
    await place.reach(ids[2], 'SKIPPED');
    place.release('skip');
    await place.reach(ids[0], 'SUCCESS');
    expect(await states(ids)).toEqual(['SUCCESS', 'SKIPPED overlap', 'SKIPPED overlap']);
  });

  it('queue-one: the first one waits, the next is skipped', async () => {
    const ids = await three('queue-one');
    await place.reach(ids[2], 'SKIPPED');
    expect((await place.show(ids[1])).run.state).toBe('PENDING');
    place.release('queue-one');
    await place.reach(ids[1], 'SUCCESS');
    expect(await states(ids)).toEqual(['SUCCESS', 'SUCCESS', 'SKIPPED overlap']);
  });

  it('queue-all: each runs when the one before has ended', async () => {
    const ids = await three('queue-all');
    place.release('queue-all');
    await place.reach(ids[2], 'SUCCESS');
    const details = await Promise.all(ids.map((id) => place.show(id)));
    expect(details.map(({ run }) => run.state)).toEqual(['SUCCESS', 'SUCCESS', 'SUCCESS']);
    const spans = details.map(({ attempts: [attempt] }) => attempt);
    for (const i of [1, 2]) {
      const endedAt = Date.parse(spans[i - 1]?.endedAt ?? '');
      expect(Date.parse(spans[i]?.startedAt ?? '')).toBeGreaterThanOrEqual(endedAt);
    }
  });

  it('cancel-previous: the new one takes the place of the old', async () => {
    const ids = await three('cancel-previous');
    await place.reach(ids[2], 'RUNNING');
    place.release('cancel-previous');
    await place.reach(ids[2], 'SUCCESS');
    expect(await states(ids)).toEqual(['CANCELLED overlap', 'CANCELLED overlap', 'SUCCESS']);
  });

  it('allow: all run at once', async () => {
    const ids = await three('allow');
    for (const id of ids) await place.reach(id, 'RUNNING');
    place.release('allow');
    for (const id of ids) await place.reach(id, 'SUCCESS');
  });

  it('counts for scheduled instants too, each with its row', async () => {
    const skipped = await until('a skipped instant', async () =>
      (await place.runsOf('scheduled')).find(({ state }) => state === 'SKIPPED'),
    );
    expect(skipped.reason).toBe('overlap');
    const running = (await place.runsOf('scheduled')).find(({ state }) => state === 'RUNNING');
    place.release('scheduled');
    await place.reach(running?.id ?? '', 'SUCCESS');
  });
});

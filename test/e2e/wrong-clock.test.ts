import { afterEach, describe, expect, it } from 'vitest';
import { until, Workplace } from './workplace.ts';

const YEARS_MS = 13 * 365 * 86_400_000;

let place: Workplace;
afterEach(() => place.remove());

describe('one start at a date 13 years ahead', { timeout: 90_000 }, () => {
  it('is told at the next start and can be repaired', async () => {
    place = new Workplace(
      'scripts: { roots: [.] }\njobs:\n  a: { every: 1s, script: scripts/work.mjs }\n',
    );
    const wrong = await place.start({ aheadMs: YEARS_MS });
    await until('a run', async () => (await place.runsOf('a')).length > 0);
    wrong.process.kill('SIGTERM');
    await wrong.ended;

    const right = await place.start();
    await until('the warning', () => right.output().includes('a wrong clock left traces'));
    right.process.kill('SIGTERM');
    expect(await right.ended).toBe(0);

    expect(await place.ask(['db', 'repair'], 1)).toMatchObject({ repaired: false, faults: [{}] });
    expect(await place.ask(['db', 'repair', '--yes'])).toMatchObject({ repaired: true });
    expect(await place.ask(['db', 'repair'])).toMatchObject({ faults: [] });

    const repairedAt = Date.now();
    await place.start();
    await until('a run of now', async () =>
      (await place.runsOf('a')).some(({ startedAt, state }) => {
        const at = Date.parse(startedAt ?? '');
        return state === 'SUCCESS' && at >= repairedAt && at < repairedAt + YEARS_MS / 2;
      }),
    );
  });
});

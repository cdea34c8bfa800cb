import { renameSync, rmSync } from 'node:fs';
import { dirname } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { until, Workplace } from './workplace.ts';

let place: Workplace;
afterEach(() => place.remove());

describe('a store that is taken away under its engine', { timeout: 60_000 }, () => {
  it.each([
    ['deleted', (directory: string) => rmSync(directory, { recursive: true })],
    ['moved', (directory: string) => renameSync(directory, `${directory}-old`)],
  ])('%s: the engine ends with status 74, and the next one is alone', async (_, takeAway) => {
    place = new Workplace(
      'scripts: { roots: [.] }\njobs:\n  a: { every: 1s, script: scripts/work.mjs }\n',
    );
    const former = await place.start();
    await until('a run', async () => (await place.runsOf('a')).length > 0);
    takeAway(dirname(place.store));
    const next = await place.start();
    expect(await former.ended).toBe(74);
    expect(former.output()).toMatch(/ERROR the store is lost.*(deleted or moved|replaced)/);
    await until('the next one runs', async () =>
      (await place.runsOf('a')).some(({ state }) => state === 'SUCCESS'),
    );
    next.process.kill('SIGTERM');
    expect(await next.ended).toBe(0);
  });
});

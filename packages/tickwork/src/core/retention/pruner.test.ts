import { describe, expect, it } from 'vitest';
import type { PruneRequest } from '../ports/run-store.ts';
import { Pruner } from './pruner.ts';

const defaults = { ageMs: 1_000, runsMax: 10 };

describe('Pruner', () => {
  it.each([
    [0, 60_000],
    [499, 60_000],
    [500, 100],
    [1_700, 100],
  ])('after removing %i comes again in %i ms', async (removed, inMs) => {
    const requests: PruneRequest[] = [];
    const store = {
      pruneRuns: async (request: PruneRequest) => {
        requests.push(request);
        return removed;
      },
    };
    const pruner = new Pruner({ store, now: () => 7_000, everyMs: 60_000, defaults });
    expect(await pruner.pass()).toBe(7_000 + inMs);
    expect(requests).toEqual([{ now: 7_000, limit: 500, defaults }]);
  });
});

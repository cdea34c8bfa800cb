import { nodeInfo } from '@tickwork/verify/conformance/store-fixtures.ts';
import { describe, expect, it } from 'vitest';
import type { Node } from '../model/node.ts';
import type { Attempt } from '../model/run.ts';
import type { AttemptMark } from '../ports/process-watch.ts';
import { isLost, Leftovers } from './leftovers.ts';

const node = (id: string, state: Node['state'] = 'up'): Node => ({
  ...{ ...nodeInfo(id), startedAt: 1, leaseUntil: 2, state },
});
const attempt = (fence: number, outcome: Attempt['outcome'], nodeId = 'dead'): Attempt => ({
  ...{ runId: 'r', attempt: fence, fence, nodeId, startedAt: 1, endedAt: null, outcome },
  ...{ error: null, exitCode: null },
});
const leftover = (fence: number, runId = 'r'): AttemptMark => ({ engine: 'x', runId, fence });

describe('isLost', () => {
  it.each([
    ['running', attempt(1, 'running'), true],
    ['lost', attempt(1, 'lost'), true],
    // What it started is meant to stay.
    ['success', attempt(1, 'success'), false],
    ['failed', attempt(1, 'failed'), false],
    ['of another node', attempt(1, 'running', 'alive'), false],
    ['another attempt', attempt(2, 'running'), false],
  ])('%s: %j', (_, found, expected) => {
    expect(isLost(leftover(1), [found], new Set(['dead']))).toBe(expected);
  });

  it('knows nothing of runs of other stores', () => {
    expect(isLost(leftover(1), [], new Set(['dead']))).toBe(false);
  });
});

describe('Leftovers', () => {
  function setUp(found: readonly AttemptMark[]) {
    const world = { asked: [] as string[][], ended: [] as AttemptMark[], gone: ['dead'] };
    const leftovers = new Leftovers({
      store: {
        readRun: async (runId) => ({
          attempts: runId === 'r' ? [attempt(1, 'lost'), attempt(2, 'success')] : [],
          output: [],
        }),
      },
      processWatch: {
        isGone: ({ id }) => world.gone.includes(id),
        findLeftovers: (nodes) => {
          world.asked.push(nodes.map(({ id }) => id));
          return found;
        },
        endLeftovers: async (each) => {
          world.ended.push(...each);
        },
      },
    });
    return { leftovers, world };
  }

  it('ends what lost attempts of gone nodes left, and nothing else', async () => {
    const { leftovers, world } = setUp([leftover(1), leftover(2), leftover(1, 'other')]);
    await leftovers.end([node('dead', 'dead'), node('alive')]);
    expect(world.asked).toEqual([['dead']]);
    expect(world.ended).toEqual([leftover(1)]);
  });

  it('looks once for each node that is gone, in whatever state the store has it', async () => {
    const { leftovers, world } = setUp([]);
    await leftovers.end([node('dead'), node('later')]);
    world.gone.push('later');
    await leftovers.end([node('dead'), node('later', 'left')]);
    await leftovers.end([node('dead'), node('later', 'left')]);
    expect(world.asked).toEqual([['dead'], ['later']]);
  });
});

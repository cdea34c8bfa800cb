import {
  EngineWorld,
  WORLD_BEGAN_AT,
  type WorldNode,
} from '@tickwork/verify/engine/engine-world.ts';
import type { FaultMode } from '@tickwork/verify/engine/store-link.ts';
import { describe, expect, it } from 'vitest';
import { isTickworkError } from '../base/errors.ts';

/**
 * Each operation is done again and again; the first time its first call of the store
 * fails, then its second, and so on, until it succeeds untouched. After that everything
 * must have come right: each instant has one fate, each attempt was made once, and what
 * was asked for has happened.
 */

interface Operation {
  readonly name: string;
  /** What happens before the faults. */
  readonly prepare?: (world: EngineWorld, node: WorldNode) => Promise<void>;
  /** A call by the user, who repeats it when the store was not available. */
  readonly act?: (node: WorldNode, world: EngineWorld) => Promise<unknown>;
  /** How long the engine's own calls may be hit too, in ms. */
  readonly windowMs: number;
  readonly check: (world: EngineWorld, node: WorldNode) => Promise<void>;
}

const DECLARED = { every: '2s', task: 'work', overlap: 'queue-all', misfire: 'fire-all' } as const;
const TRIES_MAX = 5;
const SETTLE_MS = 60_000;

async function insist(step: () => Promise<unknown>): Promise<void> {
  for (let tries = 1; ; tries++) {
    try {
      await step();
      return;
    } catch (error) {
      const known = isTickworkError(error) && error.code === 'STORE_UNAVAILABLE';
      if (!known || tries === TRIES_MAX) throw error;
    }
  }
}

/** No instant of the job is left out, doubled or overdue, and each ended as `state`. */
async function allEnded(world: EngineWorld, job: string, state = 'SUCCESS'): Promise<void> {
  const ended = (await world.fates(job)).slice(0, -1).filter((fate) => !fate.endsWith(state));
  expect(ended).toEqual([]);
}

const declare = (world: EngineWorld, node: WorldNode): Promise<void> =>
  node.scheduler.job('j', DECLARED).then(() => world.pass(4_500));

const operations: readonly Operation[] = [
  {
    name: 'a start',
    prepare: async (_, node) => {
      await node.scheduler.job('cold', { startup: true, task: 'work' });
    },
    act: (node) => node.scheduler.start(),
    windowMs: 0,
    check: async (world, node) => {
      expect(world.calls.filter(({ jobName }) => jobName === 'cold')).toHaveLength(1);
      await node.scheduler.job('j', DECLARED);
      await world.pass(5_000);
      expect(world.spans('j')).toHaveLength(2);
    },
  },
  {
    name: 'a declaration',
    act: (node) => node.scheduler.job('j', DECLARED),
    windowMs: 0,
    check: async (world) => {
      expect((await world.job('j')).revision).toBe(1);
      await allEnded(world, 'j');
      expect(world.spans('j')).toHaveLength(SETTLE_MS / 2_000);
    },
  },
  {
    name: 'a declared list',
    prepare: declare,
    act: (node) => {
      const source = { kind: 'api', id: '' } as const;
      return node.scheduler.applyJobs(source, { a: DECLARED, b: { ...DECLARED, every: '5s' } });
    },
    windowMs: 0,
    check: async (world) => {
      for (const name of ['a', 'b', 'j']) await allEnded(world, name);
    },
  },
  {
    name: 'an edit',
    prepare: declare,
    act: (_, world) => world.editor().scheduler.job('j', { ...DECLARED, every: '3s' }),
    windowMs: 0,
    check: async (world) => {
      expect((await world.job('j')).revision).toBe(2);
      await allEnded(world, 'j');
    },
  },
  {
    name: 'a pause',
    prepare: declare,
    act: (node) => node.scheduler.pause('j'),
    windowMs: 0,
    check: async (world) => {
      expect((await world.job('j')).status).toBe('paused');
      expect(world.spans('j')).toHaveLength(2);
    },
  },
  {
    name: 'a resumption',
    prepare: async (world, node) => {
      await declare(world, node);
      await node.scheduler.pause('j');
      await world.pass(10_000);
    },
    act: (node) => node.scheduler.resume('j'),
    windowMs: 0,
    check: async (world) => {
      expect((await world.job('j')).status).toBe('active');
      expect(world.spans('j').length).toBeGreaterThan(25);
    },
  },
  {
    name: 'a removal',
    prepare: declare,
    act: async (node) => {
      // A removal whose answer was lost finds nothing the next time.
      const [job] = await node.scheduler.jobs({ search: 'j' });
      if (job !== undefined) await node.scheduler.remove('j');
    },
    windowMs: 0,
    check: async (world, node) => {
      expect(await node.scheduler.jobs()).toEqual([]);
      expect(world.spans('j')).toHaveLength(2);
    },
  },
  {
    name: 'a run by hand',
    prepare: async (_, node) => {
      await node.scheduler.job('j', { manual: true, task: 'work' });
    },
    act: (node) => node.scheduler.runNow('j', { requestId: 'r' }),
    windowMs: 2_000,
    check: async (world) => {
      expect(world.spans('j')).toHaveLength(1);
      expect((await world.runs('j')).map(({ state }) => state)).toEqual(['SUCCESS']);
    },
  },
  {
    name: 'an enqueued run',
    act: (node) => node.scheduler.enqueue('work', null, { requestId: 'r', key: 'k' }),
    windowMs: 2_000,
    check: async (world) => {
      expect(world.calls).toHaveLength(1);
      expect((await world.runs()).map(({ state }) => state)).toEqual(['SUCCESS']);
    },
  },
  {
    name: 'a cancellation',
    prepare: async (world, node) => {
      await node.scheduler.enqueue('long', null, { requestId: 'r' });
      await world.pass(500);
    },
    act: (node) => node.scheduler.cancel('e_r'),
    windowMs: 2_000,
    check: async (world) => {
      expect((await world.runs()).map(({ state }) => state)).toEqual(['CANCELLED']);
      expect(world.calls).toHaveLength(1);
    },
  },
  {
    name: 'planning and running',
    prepare: declare,
    windowMs: 5_000,
    check: async (world) => {
      await allEnded(world, 'j');
      expect(await world.skips('j')).toEqual([]);
    },
  },
  {
    name: 'a run with retries',
    prepare: async (_, node) => {
      const retry = { attempts: 2, delay: '1s' };
      await node.scheduler.job('j', { every: '2s', limit: 1, task: 'flaky', retry });
      await node.scheduler.job('after', { after: 'j', task: 'work' });
    },
    windowMs: 6_000,
    check: async (world) => {
      const attempts = world.calls.filter(({ task }) => task === 'flaky');
      expect(attempts.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
      expect(await world.fates('j')).toEqual(['2000 SUCCESS']);
      expect(world.spans('after')).toHaveLength(1);
    },
  },
  {
    name: 'runs that replace each other',
    prepare: async (_, node) => {
      const overlap = 'cancel-previous';
      await node.scheduler.job('j', { every: '2s', limit: 3, task: 'long', overlap });
    },
    windowMs: 9_000,
    check: async (world) => {
      const ended = (await world.fates('j')).map((fate) => fate.slice(5));
      expect(ended).toEqual(['CANCELLED overlap', 'CANCELLED overlap', 'SUCCESS']);
    },
  },
  {
    name: 'output',
    prepare: async (_, node) => {
      await node.scheduler.enqueue('talks', null, { requestId: 'r' });
    },
    windowMs: 4_000,
    check: async (_, node) => {
      const output = await node.scheduler.output('e_r');
      expect(output.map(({ text }) => text).join('')).toBe('0 1 2 3 4 5 6 7 8 9 ');
    },
  },
  {
    name: 'the recovery of what a dead node ran',
    prepare: async (world, node) => {
      const dead = await world.start();
      await node.scheduler.job('j', { ...DECLARED, task: 'slow' });
      for (let i = 0; i < 6; i++) await node.scheduler.enqueue('slow', i, { requestId: `r${i}` });
      await world.pass(2_500);
      dead.crash();
      node.link.setDown(false);
    },
    windowMs: 25_000,
    check: async (world) => {
      const enqueued = (await world.runs()).filter(({ origin }) => origin === 'enqueue');
      expect(enqueued.map(({ state }) => state)).toEqual(Array(6).fill('SUCCESS'));
    },
  },
  {
    name: 'a stop',
    prepare: async (world, node) => {
      await declare(world, node);
      await node.scheduler.enqueue('slow', null, { requestId: 'r' });
      await world.pass(100);
    },
    act: (node, world) => world.during(node.scheduler.stop()),
    windowMs: 0,
    check: async (world) => {
      await world.start();
      await world.pass(SETTLE_MS);
      await allEnded(world, 'j');
      expect((await world.runs()).filter(({ id }) => id === 'e_r')).toMatchObject([
        { state: 'SUCCESS' },
      ]);
    },
  },
];

function build(): EngineWorld {
  return new EngineWorld()
    .task('work')
    .task('flaky', (_, { attempt }) => attempt > 2)
    .task('slow', (_, { sleep }) => sleep(3_000))
    .task('long', (_, { sleep }) => sleep(20_000))
    .task('talks', async (_, { output, sleep }) => {
      for (let i = 0; i < 10; i++) {
        output('stdout', `${i} `);
        await sleep(200);
      }
    });
}

/** One world in which the n-th call fails. True if there were that many calls. */
async function once(operation: Operation, n: number, mode: FaultMode): Promise<boolean> {
  const world = build();
  const timings = { pollEveryMs: 1_000 };
  const node =
    operation.name === 'a start' ? world.node({ timings }) : await world.start({ timings });
  await operation.prepare?.(world, node);
  const { act } = operation;
  node.link.failCall(n, mode);
  if (act !== undefined) await insist(() => act(node, world));
  await world.pass(operation.windowMs);
  const { hasFailed } = node.link;
  const failed = node.link.calls[n - 1] ?? '';
  node.link.disarm();
  await world.pass(SETTLE_MS);
  try {
    await operation.check(world, node);
    expect(await world.problems(3_000)).toEqual([]);
  } catch (error) {
    const at = `${mode} call ${n} (${failed}), ${world.time.now - WORLD_BEGAN_AT} ms`;
    throw new Error(`failing ${at}: ${(error as Error).message}`, { cause: error });
  }
  return hasFailed;
}

describe.each(['before', 'after'] as const)('the store failing %s it writes', (mode) => {
  it.each(operations)('does no harm to $name, whichever call it is', async (operation) => {
    let n = 1;
    while (await once(operation, n, mode)) n += 1;
    expect(n).toBeGreaterThan(1);
  });
});

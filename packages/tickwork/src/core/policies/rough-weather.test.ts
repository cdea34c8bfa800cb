import { EngineWorld, type WorldNode } from '@tickwork/verify/engine/engine-world.ts';
import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../testing/seeded-random.ts';
import type { JobInput } from '../declaration/job-input.ts';

const SEEDS = 25;
const NODES = 3;

/** Two minutes in which nodes die, lose the store and are stopped while jobs are changed. */
async function live(seed: number): Promise<EngineWorld> {
  const random = new SeededRandom(`weather ${seed}`);
  const world = new EngineWorld().task('quick');
  world.task('slow', (_, { sleep }) => sleep(random.int(100, 6_000)));
  world.task('deaf', (_, { sleepDeaf }) => sleepDeaf(random.int(100, 6_000)));
  world.task('flaky', () => random.chance(0.6));
  const names = ['a', 'b', 'c', 'd', 'e'];
  const first = await world.start();
  for (const name of names) await first.scheduler.job(name, drawJob(random));
  let nodes: WorldNode[] = [first];
  const down = new Set<WorldNode>();
  while (world.now < 120_000) {
    await world.pass(random.int(100, 4_000));
    while (nodes.length < NODES) nodes.push(await world.start());
    const node = random.pick(nodes);
    const name = random.pick(names);
    const editor = world.node();
    const step = random.int(0, 9);
    if (step === 0) {
      node.crash();
      nodes = nodes.filter((each) => each !== node);
    } else if (step === 1) {
      if (down.delete(node)) node.link.setDown(false);
      else if (down.size === 0) {
        down.add(node);
        node.link.setDown(true);
      }
    } else if (step === 2) {
      nodes = nodes.filter((each) => each !== node);
      if (!down.has(node)) await world.during(node.scheduler.stop({ timeoutMs: 500 }));
      else node.crash();
    } else if (step === 3) node.link.failCall(random.int(1, 10), random.pick(['before', 'after']));
    else if (step === 4) await editor.scheduler.job(name, drawJob(random));
    else if (step === 5) await editor.scheduler.pause(name).catch(() => {});
    else if (step === 6) await editor.scheduler.resume(name);
    else if (step === 7) await editor.scheduler.disable(name);
    else if (step === 8) await editor.scheduler.runNow(name);
    else await world.start().then((extra) => nodes.push(extra));
  }
  for (const node of down) node.link.setDown(false);
  for (const name of names) await world.node().scheduler.resume(name);
  await world.start();
  await world.pass(90_000);
  return world;
}

/** Runs that nobody would ever end: no timeout is longer than 20 s, and nobody is down. */
async function stuck(world: EngineWorld): Promise<string[]> {
  const runs = await world.runs();
  const active = new Set(
    runs.filter(({ state }) => state === 'RUNNING' || state === 'RETRY').map(({ jobId }) => jobId),
  );
  return runs
    .filter(({ state, startedAt, waiting, jobId }) => {
      if (state === 'RUNNING') return (startedAt ?? 0) < world.time.now - 25_000;
      return waiting && !active.has(jobId);
    })
    .map(({ id, state, nodeId }) => `${id} ${state} of ${nodeId ?? 'nobody'}`);
}

function drawJob(random: SeededRandom): JobInput {
  return {
    every: `${random.pick([700, 1_000, 3_000, 7_000])}ms`,
    task: random.pick(['quick', 'slow', 'deaf', 'flaky']),
    overlap: random.pick(['skip', 'queue-one', 'queue-all', 'cancel-previous', 'allow']),
    misfire: random.pick(['skip', 'fire-once', 'fire-all']),
    retry: { attempts: random.int(0, 2), delay: '500ms' },
    timeout: random.pick(['2s', '20s']),
    cancelGrace: '1s',
    onNodeLoss: random.pick(['retry', 'fail']),
    ...(random.chance(0.3) ? { jitter: '400ms' } : {}),
  };
}

describe('in rough weather', () => {
  it.each(Array.from({ length: SEEDS }, (_, i) => i + 1))(
    'each instant has one fate and each attempt is made once (seed %i)',
    async (seed) => {
      const world = await live(seed);
      expect(await world.problems(10_000)).toEqual([]);
      expect(await stuck(world)).toEqual([]);
      expect(world.calls.length).toBeGreaterThan(100);
    },
  );
});

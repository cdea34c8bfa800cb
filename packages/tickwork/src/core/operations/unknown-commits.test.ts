import { describe, expect, it } from 'vitest';
import { createTestScheduler } from '../../testing/manual-scheduler.ts';
import type { SimulatedTime } from '../../testing/simulated-time.ts';
import { TickworkError } from '../base/errors.ts';
import type { Store } from '../ports/store.ts';

const unavailable = (): TickworkError =>
  new TickworkError('STORE_UNAVAILABLE', { reason: 'the connection was lost.' });

/** Replaces one method of a store. */
function replace<Method extends 'planDue' | 'claimRuns' | 'startRuns'>(
  store: Store,
  method: Method,
  by: (call: Store[Method]) => Store[Method],
): Store {
  return { ...store, [method]: by(store[method]) };
}

const START = '2026-03-01T00:00Z';

describe('the engine after an unknown commit', () => {
  it.each(['planDue', 'claimRuns', 'startRuns'] as const)(
    'runs once what a %s has stored whose answer was lost',
    async (method) => {
      let lost = 0;
      const wrapStore = (store: Store): Store =>
        replace(store, method, (call) => async (...args: never[]) => {
          const answer = await (call as (...args: never[]) => Promise<never>)(...args);
          const matters = (answer as readonly unknown[]).length > 0;
          if (matters && lost === 0) {
            lost += 1;
            throw unavailable();
          }
          return answer;
        });
      const test = await createTestScheduler({ start: START, wrapStore });
      let count = 0;
      test.scheduler.task('work', () => {
        count += 1;
      });
      if (method === 'claimRuns') await test.scheduler.enqueue('work');
      else await test.scheduler.job('once', { once: '2026-03-01T00:00:10Z', task: 'work' });
      await test.advanceBy('1m');
      const { runs } = await test.scheduler.runs();
      expect(runs.map((run) => run.state)).toEqual(['SUCCESS']);
      expect({ lost, count }).toEqual({ lost: 1, count: 1 });
      await test.close();
    },
  );

  it.each([
    ['executes once', 0, [['SUCCESS', 1]]],
    // The next attempt is claimed while what came by the plan is still put off as busy.
    ['executes again after a failure', 1, [['SUCCESS', 2]]],
  ])('%s a run that comes by the plan and by a recovering claim', async (_, failures, expected) => {
    let count = 0;
    let time: SimulatedTime | null = null;
    const wait = (ms: number): Promise<void> =>
      new Promise((done) => {
        time?.after(ms, done);
      });
    let planned = false;
    let failed = false;
    const wrapStore = (store: Store, simulated: SimulatedTime): Store => {
      time = simulated;
      const slow = replace(store, 'planDue', (call) => async (writes) => {
        const answer = await call(writes);
        planned = true;
        await wait(1_030);
        return answer;
      });
      // A lost answer of a claim makes the next one ask for everything reserved.
      return replace(slow, 'claimRuns', (call) => async (request) => {
        const runs = await call(request);
        if (failed || !planned) return runs;
        failed = true;
        throw unavailable();
      });
    };
    const test = await createTestScheduler({ start: START, wrapStore });
    test.scheduler.task('work', async () => {
      count += 1;
      await test.sleep('5s');
      return count > failures;
    });
    const retry = { attempts: 3, delay: 0 };
    await test.scheduler.job('once', { once: START, allowPast: true, task: 'work', retry });
    await test.advanceBy('20s');
    const { runs } = await test.scheduler.runs();
    expect(runs.map((run) => [run.state, run.attempt])).toEqual(expected);
    expect(count).toBe(1 + failures);
    await test.close();
  });
});

describe('the engine after a start whose answer comes too late', () => {
  it('runs what the store has started, whatever the misfire policy says by then', async () => {
    let lost = 0;
    let time: SimulatedTime | null = null;
    const wrapStore = (store: Store, simulated: SimulatedTime): Store => {
      time = simulated;
      return replace(store, 'startRuns', (call) => async (...args) => {
        const answer = await call(...args);
        lost += 1;
        if (lost > 1) return answer;
        await new Promise<void>((done) => {
          time?.after(10_000, done);
        });
        throw unavailable();
      });
    };
    const test = await createTestScheduler({ start: START, wrapStore });
    let count = 0;
    test.scheduler.task('work', () => {
      count += 1;
    });
    const at = '2026-03-01T00:00:10Z';
    await test.scheduler.job('once', { once: at, task: 'work', misfire: 'skip' });
    await test.advanceBy('1m');
    const { runs } = await test.scheduler.runs();
    expect(runs.map((run) => run.state)).toEqual(['SUCCESS']);
    expect(count).toBe(1);
    await test.close();
  });
});

describe('the engine after a time without a lease', () => {
  it('goes on declaring nodes dead and recovering their runs', async () => {
    let cutUntil = 0;
    let memory: Store | null = null;
    const wrapStore = (store: Store, time: SimulatedTime): Store => {
      memory = store;
      const calls = Object.entries(store).map(([name, call]) => {
        if (typeof call !== 'function') return [name, call];
        const guarded = async (...args: never[]): Promise<unknown> => {
          if (time.now < cutUntil) throw unavailable();
          return await (call as (...args: never[]) => Promise<unknown>)(...args);
        };
        return [name, guarded];
      });
      return Object.fromEntries(calls) as Store;
    };
    const test = await createTestScheduler({ start: START, wrapStore });
    await test.advanceBy('10s');
    cutUntil = test.now() + 60_000;
    await test.advanceBy('2m');
    const other = {
      name: 'other',
      host: 'other',
      pid: 1,
      bootId: '',
      processStart: '',
      version: '',
    };
    const { joinNode } = memory as unknown as Store;
    await joinNode({ ...other, id: 'other-1' }, test.now(), test.now() + 15_000);
    await test.advanceBy('30s');
    const nodes = await test.scheduler.nodes();
    expect(nodes.find((node) => node.id === 'other-1')?.state).toBe('dead');
    await test.close();
  });
});

describe('the engine whose renewals hang', () => {
  it('stops its work before others can take it over', async () => {
    let hangs = false;
    const wrapStore = (store: Store): Store =>
      ({
        ...store,
        readClock: async () =>
          hangs ? await new Promise<never>(() => {}) : await store.readClock(),
      }) as Store;
    const test = await createTestScheduler({ start: START, wrapStore });
    let stoppedAt = 0;
    test.scheduler.task('work', async (_input, { signal }) => {
      signal.addEventListener('abort', () => {
        stoppedAt = test.now();
      });
      await test.sleep('1h');
    });
    await test.scheduler.job('long', {
      once: '2026-03-01T00:00:10Z',
      task: 'work',
      timeout: false,
    });
    await test.scheduler.job('later', {
      once: '2026-03-01T00:00:21Z',
      task: 'work',
      timeout: '1h',
    });
    await test.advanceBy('20s');
    const [node] = await test.scheduler.nodes();
    hangs = true;
    await test.advanceBy('2m');
    expect(stoppedAt).toBeGreaterThan(0);
    expect(stoppedAt).toBeLessThanOrEqual((node?.leaseUntil ?? 0) + 50);
  });
});

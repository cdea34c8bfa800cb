import { setTimeout as sleep } from 'node:timers/promises';
import type { JobInput } from '../../packages/tickwork/src/core/declaration/job-input.ts';
import type { SeededRandom } from '../../packages/tickwork/src/testing/seeded-random.ts';
import type { Site } from './site.ts';

const drafts: Readonly<Record<string, JobInput>> = {
  tick: { every: '1s', task: 'work', input: { ms: 150 } },
  slow: {
    ...{ every: '2s', task: 'work', input: { ms: 1200 } },
    overlap: { mode: 'queue-all', maxWaiting: 100 },
    retry: { attempts: 3, delay: '300ms' },
  },
  each: { every: '1s', task: 'work', input: { ms: 500 }, overlap: 'allow', misfire: 'fire-all' },
  frail: {
    ...{ every: '2s', task: 'work', input: { ms: 100, failures: 1 }, overlap: 'allow' },
    retry: { attempts: 3, delay: '400ms' },
  },
  once: { every: '2s', task: 'work', input: { ms: 700 }, overlap: 'allow', onNodeLoss: 'fail' },
};

/** A clock that is set by days makes thousands of runs, and all are to be judged. */
const retention = { age: '400d', runs: 1_000_000 };

/** Jobs that are nearly always running something, under the policies that node loss touches. */
export const jobs: Readonly<Record<string, JobInput>> = Object.fromEntries(
  Object.entries(drafts).map(([name, job]) => [name, { ...job, retention }]),
);

const ENQUEUE_MS_MIN = 300;
const ENQUEUE_MS_MAX = 1000;

/** Enqueues work until it is told to end, and notes what was acknowledged. */
export class Requests {
  readonly #site: Site;
  readonly #random: SeededRandom;
  #running = true;
  #done: Promise<void> = Promise.resolve();

  constructor(site: Site, random: SeededRandom) {
    this.#site = site;
    this.#random = random;
  }

  start(): void {
    this.#done = this.#run();
  }

  async stop(): Promise<void> {
    this.#running = false;
    await this.#done;
  }

  async #run(): Promise<void> {
    const scheduler = await this.#site.open();
    while (this.#running) {
      const ms = this.#random.int(50, 900);
      const failures = this.#random.chance(0.2) ? 1 : 0;
      const policies = { retry: { attempts: 3, delay: '300ms' } };
      try {
        const { runId } = await scheduler.enqueue('work', { ms, failures }, { policies });
        this.#site.acknowledged.push(runId);
      } catch {
        // What was not acknowledged need not be there.
      }
      await sleep(this.#random.int(ENQUEUE_MS_MIN, ENQUEUE_MS_MAX));
    }
    await scheduler.close();
  }
}

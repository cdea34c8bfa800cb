import { type ChildProcess, fork } from 'node:child_process';
import { join } from 'node:path';
import type { SeedRunner } from '../../packages/verify/src/simulation/campaign.ts';
import type { SeedOutcome } from '../../packages/verify/src/simulation/seed-outcome.ts';
import type { SimulationLimits } from '../../packages/verify/src/simulation/simulate.ts';

export interface SeedRequest {
  readonly seed: number;
  readonly twice: boolean;
  readonly limits: SimulationLimits;
}

export type SeedAnswer = { readonly outcome: SeedOutcome } | { readonly error: string };

interface Task {
  readonly request: SeedRequest;
  readonly resolve: (outcome: SeedOutcome) => void;
  readonly reject: (error: Error) => void;
}

/** Simulations make much garbage that dies young. */
const NODE_OPTIONS = ['--max-semi-space-size=64'];

/** Processes that simulate seeds, one each at a time; what waits goes to the first free one. */
export class Workers {
  readonly #limits: SimulationLimits;
  readonly #idle: ChildProcess[];
  readonly #waiting: Task[] = [];
  readonly #running = new Map<ChildProcess, Task>();
  #closed = false;

  constructor(count: number, limits: SimulationLimits) {
    this.#limits = limits;
    this.#idle = Array.from({ length: count }, () => this.#start());
  }

  readonly run: SeedRunner = (seed, twice) =>
    new Promise((resolve, reject) => {
      this.#waiting.push({ request: { seed, twice, limits: this.#limits }, resolve, reject });
      this.#next();
    });

  close(): void {
    this.#closed = true;
    for (const worker of [...this.#idle, ...this.#running.keys()]) worker.kill();
  }

  #start(): ChildProcess {
    const execArgv = [...process.execArgv, ...NODE_OPTIONS];
    const worker = fork(join(import.meta.dirname, 'worker.ts'), [], {
      ...{ execArgv, serialization: 'advanced' },
    });
    worker.on('message', (answer: SeedAnswer) => {
      const task = this.#running.get(worker);
      this.#running.delete(worker);
      this.#idle.push(worker);
      if ('outcome' in answer) task?.resolve(answer.outcome);
      else task?.reject(new Error(answer.error));
      this.#next();
    });
    worker.on('exit', (code, signal) => {
      if (this.#closed) return;
      const task = this.#running.get(worker);
      const seed = task?.request.seed ?? 'none';
      task?.reject(new Error(`a worker ended (${signal ?? code}) at seed ${seed}`));
    });
    return worker;
  }

  #next(): void {
    while (this.#waiting.length > 0) {
      const worker = this.#idle.pop();
      const task = worker === undefined ? undefined : this.#waiting.shift();
      if (worker === undefined || task === undefined) return;
      this.#running.set(worker, task);
      worker.send(task.request);
    }
  }
}

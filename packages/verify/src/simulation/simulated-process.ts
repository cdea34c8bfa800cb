import type { SimulatedTime } from '../../../tickwork/src/testing/simulated-time.ts';

/**
 * What an operating system does to a process: it runs, is stopped for a while (what would
 * wake it piles up), or is killed (nothing reaches it any more).
 */
export class SimulatedProcess {
  readonly name: string;
  readonly #time: SimulatedTime;
  #state: 'running' | 'paused' | 'dead' = 'running';
  #backlog: (() => void)[] = [];

  constructor(name: string, time: SimulatedTime) {
    this.name = name;
    this.#time = time;
  }

  get isAlive(): boolean {
    return this.#state !== 'dead';
  }

  get isPaused(): boolean {
    return this.#state === 'paused';
  }

  /** Runs a callback of the process, now or when it goes on. */
  readonly deliver = (run: () => void): void => {
    if (this.#state === 'running') run();
    else if (this.#state === 'paused') this.#backlog.push(run);
  };

  pause(): void {
    if (this.#state === 'running') this.#state = 'paused';
  }

  resume(): void {
    if (this.#state !== 'paused') return;
    this.#state = 'running';
    const backlog = this.#backlog;
    this.#backlog = [];
    // Each one is a turn of the process's event loop of its own.
    for (const run of backlog) this.#time.after(0, () => this.deliver(run));
  }

  kill(): void {
    this.#state = 'dead';
    this.#backlog = [];
  }
}

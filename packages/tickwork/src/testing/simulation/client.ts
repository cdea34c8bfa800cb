import type { JobView } from '../../core/service/scheduler-api.ts';
import type { JobAnswer, OperationName } from '../history/history.ts';
import type { HistoryWriter } from '../history/history-writer.ts';
import type { SeededRandom } from '../seeded-random.ts';
import type { SimulatedTime } from '../simulated-time.ts';
import type { Life } from './cluster.ts';
import { type DrawnJob, drawJob } from './draw-job.ts';
import type { SimulationOptions } from './draw-options.ts';

export interface ClientParts {
  readonly options: SimulationOptions;
  readonly time: SimulatedTime;
  readonly history: HistoryWriter;
  readonly random: SeededRandom;
  readonly life: Life;
  /** No operation begins after this. */
  readonly untilAt: number;
  readonly onDefect: (message: string) => void;
}

interface KnownJob extends DrawnJob {
  jobId: number;
  busy: boolean;
  paused: boolean;
  deleted: boolean;
}

const TRY_AGAIN_MS = 1500;
const TRIES_MAX = 400;

/** A user of the cluster: creates the jobs, then changes them one operation at a time per job. */
export class SimulatedClient {
  readonly jobs: KnownJob[] = [];
  readonly #parts: ClientParts;
  #opId = 0;

  constructor(parts: ClientParts) {
    this.#parts = parts;
  }

  start(): void {
    const { options, random, time } = this.#parts;
    for (let i = 0; i < options.jobs; i++) {
      const names = this.jobs
        .filter((job) => !job.name.startsWith('poison'))
        .map((job) => job.name);
      const drawn = drawJob(i, random, options, names, time.now);
      const job = { ...drawn, jobId: 0, busy: true, paused: false, deleted: false };
      this.jobs.push(job);
      time.after(random.next() * 120_000, () => void this.#save(job, 'create'));
    }
    if (options.operationEveryMs > 0) this.#operateLater();
  }

  #operateLater(): void {
    const { options, random, time, untilAt } = this.#parts;
    time.after(-Math.log(1 - random.next()) * options.operationEveryMs, () => {
      if (time.now >= untilAt) return;
      const job = random.pick(this.jobs);
      if (!job.busy && !job.deleted) void this.#operate(job);
      this.#operateLater();
    });
  }

  async #operate(job: KnownJob): Promise<void> {
    const { random } = this.#parts;
    const name = random.weighted<OperationName>([
      [3, 'update'],
      [4, job.paused ? 'resume' : 'pause'],
      [3, 'trigger'],
      [2, 'cancel'],
      [0.3, 'delete'],
    ]);
    job.busy = true;
    switch (name) {
      case 'update':
        await this.#update(job);
        break;
      case 'trigger':
        await this.#trigger(job);
        break;
      case 'cancel':
        await this.#cancel(job);
        break;
      default:
        await this.#changeStatus(job, name);
    }
    job.busy = false;
  }

  async #update(job: KnownJob): Promise<void> {
    const { options, random, time } = this.#parts;
    const drawn = drawJob(0, random, options, [], time.now);
    // Either other policies and script, or another trigger too.
    // A one-off instant may have passed and would be refused.
    const anew = random.chance(0.5) || JSON.stringify(job.input.trigger).includes('once');
    const changed = anew ? drawn.input : { ...drawn.input, trigger: job.input.trigger };
    await this.#save(Object.assign(job, { input: changed }), 'update');
  }

  async #save(job: KnownJob, f: 'create' | 'update'): Promise<void> {
    const { scheduler } = this.#parts.life;
    await this.#perform(f, job, {}, async () => {
      const source = { kind: 'file', id: `/${job.name}.yaml` } as const;
      await scheduler.applyJobs(source, { [job.name]: job.input });
      return { job: answerOf(await scheduler.findJob(job.name)) };
    });
    job.busy = false;
  }

  async #changeStatus(job: KnownJob, f: OperationName): Promise<void> {
    const { scheduler } = this.#parts.life;
    await this.#perform(f, job, {}, async () => {
      if (f === 'delete') {
        await scheduler.remove(job.name).catch((error: unknown) => {
          // An earlier try of unknown outcome had removed it.
          if ((error as { code?: unknown }).code !== 'JOB_NOT_FOUND') throw error;
        });
        job.deleted = true;
        return {};
      }
      const view =
        f === 'pause' ? await scheduler.pause(job.name) : await scheduler.resume(job.name);
      job.paused = f === 'pause';
      return { job: answerOf(view) };
    });
  }

  async #trigger(job: KnownJob): Promise<void> {
    const requestId = `r${this.#opId + 1}`;
    await this.#perform('trigger', job, { requestId }, async () => {
      const { runId, outcome } = await this.#parts.life.scheduler.trigger(job.name, { requestId });
      return { runId, outcome };
    });
  }

  async #cancel(job: KnownJob): Promise<void> {
    const { scheduler } = this.#parts.life;
    let runId: string | null = null;
    try {
      const states = ['PENDING', 'RUNNING', 'RETRY'] as const;
      const page = await scheduler.runs({ jobName: job.name, states }, { limit: 20 });
      runId = page.runs.length === 0 ? null : this.#parts.random.pick(page.runs).id;
    } catch {
      return;
    }
    if (runId === null) return;
    const target = runId;
    await this.#perform('cancel', job, { runId }, async () => {
      const { outcome } = await scheduler.cancel(target);
      return { runId: target, outcome };
    });
  }

  /** Tries until the outcome is certain; each failed try is of unknown outcome. */
  async #perform(
    f: OperationName,
    job: KnownJob,
    more: { requestId?: string; runId?: string },
    call: () => Promise<{ job?: JobAnswer; runId?: string; outcome?: string }>,
  ): Promise<void> {
    const { history, time, onDefect } = this.#parts;
    this.#opId += 1;
    const key = { src: 'client', opId: `op${this.#opId}`, f, sched: job.name, ...more } as const;
    history.write({ ...key, type: 'op.invoke' });
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      try {
        const answer = await call();
        history.write({ ...key, ...answer, type: 'op.ok' });
        return;
      } catch (error) {
        const code = String((error as { code?: unknown }).code);
        history.write({ ...key, type: 'op.info', error: code });
        if (code !== 'STORE_UNAVAILABLE' && code !== 'CONFLICT') {
          const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
          onDefect(`client ${f} ${job.name}: ${message} ${JSON.stringify(job.input)}`);
          return;
        }
      }
      await new Promise<void>((resolve) => time.after(TRY_AGAIN_MS, resolve));
    }
    onDefect(`client ${f} ${job.name}: gave up after ${TRIES_MAX} tries`);
  }
}

function answerOf(view: JobView): JobAnswer {
  const { id: jobId, revision, status, effectiveAt, definition } = view;
  return { jobId, revision, status, effectiveAt, anchorAt: view.memory.anchorAt, definition };
}

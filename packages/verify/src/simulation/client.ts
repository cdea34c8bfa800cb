import type { Run } from '../../../tickwork/src/core/model/run.ts';
import type { JobView } from '../../../tickwork/src/core/operations/job-view.ts';
import type { SeededRandom } from '../../../tickwork/src/testing/seeded-random.ts';
import type { SimulatedTime } from '../../../tickwork/src/testing/simulated-time.ts';
import { LIFTS_SKIPS } from '../checker/paused-by.ts';
import type { ClientFact, JobAnswer, OperationName } from '../history/history.ts';
import type { HistoryWriter } from '../history/history-writer.ts';
import type { Life } from './cluster-parts.ts';
import { type DrawnJob, drawJob, policiesFor, simulatedTags } from './draw-job.ts';
import type { SimulationOptions } from './draw-options.ts';

export interface ClientParts {
  readonly options: SimulationOptions;
  readonly time: SimulatedTime;
  readonly history: HistoryWriter;
  readonly random: SeededRandom;
  /** The processes that its calls go through, now this one, now that one. */
  readonly lives: readonly Life[];
  /** What the store's clock shows. */
  readonly storeNow: () => number;
  /** No operation begins after this. */
  readonly untilAt: number;
  readonly onDefect: (message: string) => void;
}

type Answer = Omit<
  Extract<ClientFact, { type: 'op.ok' }>,
  'src' | 'type' | 'opId' | 'f' | 'sched' | 'requestId' | 'how'
>;

interface KnownJob extends DrawnJob {
  /** A change of the job is under way. */
  busy: boolean;
  /** It is not created yet, its creation was refused, it is being deleted, or is deleted. */
  absent: boolean;
  status: 'active' | 'paused' | 'disabled';
  /** Calls under way that change the job's runs, not the job. */
  calls: number;
}

const TRY_AGAIN_MS = 1500;
const TRIES_MAX = 400;
/** Aiming at an instant, the client waits no longer than this. */
const AIM_MS_MAX = 10 * 60_000;
const CREATE_AGAIN_MS_MAX = 10 * 60_000;

/**
 * The users of the cluster: they create the jobs, then change them through any of the
 * managing processes, one change at a time per job; runs are started and cancelled meanwhile.
 */
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
      const names = this.jobs.filter((job) => !isPoison(job)).map((job) => job.name);
      const drawn = drawJob(i, random, options, names, time.now);
      const state = { busy: true, absent: true, status: 'active', calls: 0 } as const;
      const job: KnownJob = { ...drawn, ...state };
      this.jobs.push(job);
      time.after(random.next() * 120_000, () => {
        void this.#create(job).finally(() => {
          job.busy = false;
        });
      });
    }
    if (options.operationEveryMs > 0) this.#operateLater();
  }

  #operateLater(): void {
    const { options, random, time, untilAt } = this.#parts;
    time.after(-Math.log(1 - random.next()) * options.operationEveryMs, () => {
      if (time.now >= untilAt) return;
      this.#operate(random.pick(this.jobs));
      this.#operateLater();
    });
  }

  #operate(job: KnownJob): void {
    if (job.absent) return;
    const name = this.#drawOperation(job);
    if (name === 'pause' && this.#parts.random.chance(0.15)) {
      void this.#pauseTogether(this.#parts.random.pick(simulatedTags));
      return;
    }
    if (name === 'trigger' || name === 'cancel') {
      job.calls += 1;
      const call = name === 'trigger' ? this.#trigger(job) : this.#cancel();
      void call.finally(() => {
        job.calls -= 1;
      });
      return;
    }
    if (job.busy || (name === 'delete' && job.calls > 0)) return;
    job.busy = true;
    if (name === 'delete') job.absent = true;
    void this.#change(job, name).finally(() => {
      job.busy = false;
    });
  }

  #drawOperation(job: KnownJob): OperationName {
    return this.#parts.random.weighted<OperationName>([
      [3, 'update'],
      [4, job.status === 'active' ? 'pause' : 'resume'],
      [job.status === 'disabled' ? 0 : 1, 'disable'],
      [3, 'trigger'],
      [2, 'cancel'],
      [0.5, 'delete'],
      [1.5, 'skip'],
      [1, 'backfill'],
    ]);
  }

  async #change(job: KnownJob, name: OperationName): Promise<void> {
    const { random, time, untilAt } = this.#parts;
    if (random.chance(0.4)) await this.#aim(job);
    if (time.now >= untilAt) return;
    if (name === 'update') await this.#update(job);
    else if (name === 'skip') await this.#skip(job);
    else if (name === 'backfill') await this.#backfill(job);
    else await this.#changeStatus(job, name);
    if (name !== 'delete' || random.chance(0.3)) return;
    await this.#wait(random.next() * CREATE_AGAIN_MS_MAX);
    if (time.now < untilAt) await this.#createAgain(job);
  }

  /** Waits until the job's next instant is planned and has not come. */
  async #aim(job: KnownJob): Promise<void> {
    const { options, random } = this.#parts;
    try {
      const { scheduler } = this.#life();
      const view = await scheduler.findJob(job.name);
      const { nextFireAt } = view;
      if (nextFireAt === null) return;
      const planned = random.next() * options.timings.horizonMs;
      const waitMs = nextFireAt - this.#parts.storeNow() - planned;
      if (waitMs <= AIM_MS_MAX) await this.#wait(Math.max(0, waitMs));
    } catch {
      // Then the change comes at any moment.
    }
  }

  /** Another job under the name of a deleted one. */
  async #createAgain(job: KnownJob): Promise<void> {
    const { options, random, time } = this.#parts;
    const drawn = drawJob(0, random, options, [], time.now).input;
    const input = isPoison(job) ? { ...drawn, trigger: job.input.trigger } : drawn;
    Object.assign(job, { input, status: 'active' });
    await this.#create(job);
  }

  async #create(job: KnownJob): Promise<void> {
    job.absent = !(await this.#save(job, 'create'));
  }

  #life(): Life {
    return this.#parts.random.pick(this.#parts.lives);
  }

  #wait(ms: number): Promise<void> {
    return new Promise((resolve) => this.#parts.time.after(ms, resolve));
  }

  async #update(job: KnownJob): Promise<void> {
    const { options, random, time } = this.#parts;
    const drawn = drawJob(0, random, options, [], time.now);
    // Either other policies and script, or another trigger too.
    // A one-off instant may have passed and would be refused.
    const drawnAnew = random.chance(0.5) || JSON.stringify(job.input.trigger).includes('once');
    const anew = drawnAnew && !isPoison(job);
    const { trigger } = job.input;
    const policies = { onFailure: false, ...policiesFor(trigger, random) };
    const changed = anew ? drawn.input : { ...drawn.input, ...policies, trigger };
    await this.#save(Object.assign(job, { input: changed }), 'update');
  }

  #save(job: KnownJob, f: 'create' | 'update'): Promise<boolean> {
    const { scheduler } = this.#life();
    return this.#perform(f, job, {}, async () => {
      const source = { kind: 'file', id: `/${job.name}.yaml` } as const;
      await scheduler.applyJobs(source, { [job.name]: job.input });
      const view = await scheduler.findJob(job.name);
      job.status = view.status;
      return { job: answerOf(view) };
    });
  }

  async #changeStatus(job: KnownJob, f: OperationName): Promise<void> {
    const { scheduler } = this.#life();
    const catchUp = this.#parts.random.pick(['drop', 'drop', 'latest', 'all'] as const);
    const skips = this.#parts.random.chance(0.3);
    const how = skips ? LIFTS_SKIPS : catchUp;
    await this.#perform(f, job, f === 'resume' ? { how } : {}, async () => {
      if (f === 'delete') {
        await scheduler.remove(job.name).catch((error: unknown) => {
          // An earlier try of unknown outcome had removed it.
          if ((error as { code?: unknown }).code !== 'JOB_NOT_FOUND') throw error;
        });
        return {};
      }
      const view = await (f === 'resume'
        ? scheduler.resume(job.name, { catchUp, skips })
        : f === 'pause' || f === 'disable'
          ? scheduler[f](job.name)
          : scheduler.findJob(job.name));
      job.status = view.status;
      return { job: answerOf(view) };
    });
  }

  /** The next instants, or those of a day, are passed over. */
  async #skip(job: KnownJob): Promise<void> {
    const { random, storeNow } = this.#parts;
    const date = new Date(storeNow() + random.int(0, 1) * 86_400_000).toISOString().slice(0, 10);
    const what = random.chance(0.8) ? { next: random.int(1, 5) } : { date };
    const { scheduler } = this.#life();
    await this.#perform('skip', job, { how: 'next' in what ? 'next' : 'date' }, async () => {
      try {
        const { fromAt, toAt } = await scheduler.skip(job.name, what);
        return { rest: { fromAt, toAt } };
      } catch (error) {
        // It has none to come.
        if ((error as { code?: unknown }).code !== 'INVALID_INPUT') throw error;
        return { outcome: 'none', rest: { fromAt: 1, toAt: 0 } };
      }
    });
  }

  /** What was not run in the last while is made up for. */
  async #backfill(job: KnownJob): Promise<void> {
    const { random, storeNow } = this.#parts;
    const to = Math.floor(storeNow() - random.next() * 600_000);
    const range = { from: Math.floor(to - random.next() * 3_600_000), to };
    const { scheduler } = this.#life();
    await this.#perform('backfill', job, {}, async () => {
      try {
        const { runIds } = await scheduler.backfill(job.name, range);
        return { runIds };
      } catch (error) {
        // Some triggers have no instants that could be made up for.
        if ((error as { code?: unknown }).code !== 'INVALID_INPUT') throw error;
        return { outcome: 'none' };
      }
    });
  }

  /** One call for all jobs of a tag, unless one of them is being changed. */
  async #pauseTogether(tag: string): Promise<void> {
    const jobs = this.jobs.filter((job) => job.input.tags?.includes(tag) === true);
    if (jobs.length === 0 || jobs.some((job) => job.busy || job.absent)) return;
    const { scheduler } = this.#life();
    for (const job of jobs) job.busy = true;
    let called: Promise<unknown> | null = null;
    const pauses = jobs.map((job) =>
      this.#perform('pause', job, { how: tag }, async () => {
        called ??= scheduler.pauseTagged(tag).finally(() => {
          called = null;
        });
        await called;
        const view = await scheduler.findJob(job.name);
        job.status = view.status;
        return { job: answerOf(view) };
      }),
    );
    await Promise.allSettled(pauses);
    for (const job of jobs) job.busy = false;
  }

  async #trigger(job: KnownJob): Promise<void> {
    const { scheduler } = this.#life();
    const requestId = `r${this.#opId + 1}`;
    await this.#perform('trigger', job, { requestId }, async () => {
      const { runId, outcome } = await scheduler.runNow(job.name, { requestId });
      return { runId, outcome };
    });
  }

  /** Any live run, of this job or another. */
  async #cancel(): Promise<void> {
    const { scheduler } = this.#life();
    let target: Run | null = null;
    try {
      const states = ['PENDING', 'RUNNING', 'RETRY'] as const;
      const { runs } = await scheduler.runs({ states }, { limit: 20 });
      target = runs.length === 0 ? null : this.#parts.random.pick(runs);
    } catch {
      return;
    }
    const job = this.jobs.find((each) => each.name === target?.jobName);
    if (target === null || job === undefined) return;
    const runId = target.id;
    await this.#perform('cancel', job, { runId }, async () => {
      const { outcome } = await scheduler.cancel(runId);
      return { runId, outcome };
    });
  }

  /**
   * Tries until the outcome is certain; each failed try is of unknown outcome. Returns
   * whether it was done.
   */
  async #perform(
    f: OperationName,
    job: KnownJob,
    more: { requestId?: string; runId?: string; how?: string },
    call: () => Promise<Answer>,
  ): Promise<boolean> {
    const { history, onDefect } = this.#parts;
    this.#opId += 1;
    const key = { src: 'client', opId: `op${this.#opId}`, f, sched: job.name, ...more } as const;
    history.write({ ...key, type: 'op.invoke' });
    for (let tries = 0; tries < TRIES_MAX; tries++) {
      try {
        const answer = await call();
        history.write({ ...key, ...answer, type: 'op.ok' });
        return true;
      } catch (error) {
        const code = String((error as { code?: unknown }).code);
        history.write({ ...key, type: 'op.info', error: code });
        // By a clock that stands still after a step back, the one instant has passed.
        if (code === 'RUN_AT_PAST') return false;
        if (code !== 'STORE_UNAVAILABLE' && code !== 'CONFLICT') {
          const message = error instanceof Error ? (error.stack ?? error.message) : String(error);
          onDefect(`client ${f} ${job.name}: ${message} ${JSON.stringify(job.input)}`);
          return false;
        }
      }
      await this.#wait(TRY_AGAIN_MS);
    }
    onDefect(`client ${f} ${job.name}: gave up after ${TRIES_MAX} tries`);
    return false;
  }
}

/**
 * It kills the process that runs it, and so keeps its rare instants: a job that came with each
 * start of a node would kill nodes all day.
 */
function isPoison(job: KnownJob): boolean {
  return job.name.startsWith('poison');
}

function answerOf(view: JobView): JobAnswer {
  const { id: jobId, revision, status, effectiveAt, definition } = view;
  return { jobId, revision, status, effectiveAt, anchorAt: view.memory.anchorAt, definition };
}

import { createScheduler } from 'tickwork';
import { afterEach, describe, expect, it } from 'vitest';
import { type ShownRun, type Started, until, Workplace } from './workplace.ts';

const WORK = 'script: scripts/work.mjs';
const HEAD = 'scripts: { roots: [.] }\n';

let place: Workplace;
afterEach(() => place.remove());

async function begin(config: (directory: string) => string): Promise<Started> {
  place = new Workplace('');
  place.configure(HEAD + config(place.directory));
  return await place.start();
}

const at = (text: string): number => Date.parse(text);

interface ShownJob {
  readonly job: { readonly status: string };
  readonly skips: readonly { reason: string; count: number; fromAt: string; toAt: string }[];
}

interface Ledger {
  readonly rows: readonly ShownRun[];
  /** Instants that lie in ranges, all or those skipped for one reason. */
  rangedCount(reason?: string): number;
  /** Skipped instants: those that were planned have a row each, the others lie in ranges. */
  skippedCount(reason: string): number;
}

async function ledgerOf(job: string): Promise<Ledger> {
  const rows = await place.runsOf(job);
  const { skips } = await place.ask<ShownJob>(['jobs', 'show', job]);
  const rangedCount = (reason?: string): number =>
    skips
      .filter((range) => reason === undefined || range.reason === reason)
      .reduce((sum, { count }) => sum + count, 0);
  return {
    rows,
    rangedCount,
    skippedCount: (reason) =>
      rangedCount(reason) + rows.filter((run) => run.reason === reason).length,
  };
}

describe('instants that were missed while nothing ran', { timeout: 60_000 }, () => {
  it('are skipped, run once, or all run', async () => {
    const first = await begin(
      () => `jobs:
  none: { every: 1s, ${WORK}, misfire: skip, overlap: allow }
  once: { every: 1s, ${WORK}, misfire: fire-once, overlap: allow }
  each: { every: 1s, ${WORK}, misfire: fire-all, overlap: allow }
`,
    );
    const jobs = ['none', 'once', 'each'];
    for (const job of jobs) {
      await until(`${job} ran`, async () => (await place.runsOf(job)).length > 0);
    }
    first.process.kill('SIGTERM');
    expect(await first.ended).toBe(0);
    const stoppedAt = Date.now();
    await until('four seconds are over', () => Date.now() > stoppedAt + 4_000);
    const againAt = Date.now();
    await place.start();
    for (const job of jobs) {
      await until(`${job} runs again`, async () =>
        (await place.runsOf(job)).some(
          ({ fireAt, state }) => at(fireAt) > againAt + 1_500 && state === 'SUCCESS',
        ),
      );
    }
    const missed = (run: ShownRun): boolean =>
      at(run.fireAt) > stoppedAt + 500 && at(run.fireAt) < againAt - 1_000;
    const ledger = Object.fromEntries(
      await Promise.all(jobs.map(async (job) => [job, await ledgerOf(job)] as const)),
    );

    // Every instant of the grid is there, as a run, a skipped run or a part of a range.
    for (const job of jobs) {
      const fires = ledger[job]?.rows.map(({ fireAt }) => at(fireAt)) ?? [];
      const instantCount = (Math.max(...fires) - Math.min(...fires)) / 1_000 + 1;
      expect(fires.length + (ledger[job]?.rangedCount() ?? 0)).toBe(instantCount);
    }
    const executed = (job: string): readonly ShownRun[] =>
      ledger[job]?.rows.filter(({ state }) => state !== 'SKIPPED') ?? [];
    expect(executed('none').filter(missed)).toEqual([]);
    expect(ledger.none?.skippedCount('misfire')).toBeGreaterThanOrEqual(2);
    const standingFor = executed('once').map(({ coalescedCount }) => coalescedCount);
    expect(Math.max(...standingFor)).toBeGreaterThanOrEqual(1);
    expect(executed('once').filter(missed).length).toBeLessThanOrEqual(1);
    expect(ledger.once?.skippedCount('coalesced')).toBeGreaterThanOrEqual(
      standingFor.reduce((sum, count) => sum + count, 0),
    );
    expect(executed('each').filter(missed).length).toBeGreaterThanOrEqual(2);
    expect(ledger.each?.rows.filter(({ state }) => state === 'SKIPPED')).toEqual([]);
    expect(ledger.each?.rangedCount()).toBe(0);
  });
});

describe('the status of a job', { timeout: 60_000 }, () => {
  it('pause keeps skipped instants, run now goes on, disable leaves no rows', async () => {
    await begin(() => `jobs:\n  a: { every: 1s, ${WORK} }\n`);
    await until('a run', async () => (await place.runsOf('a')).length > 0);

    await place.ask(['jobs', 'pause', 'a', '--reason', 'test']);
    const pausedAt = Date.now();
    const byHand = await place.reach(await place.runNow('a'), 'SUCCESS');
    await until('two seconds are over', () => Date.now() > pausedAt + 2_200);
    const paused = (await place.runsOf('a')).filter(({ state }) => state === 'SUCCESS');
    const late = paused.filter(({ startedAt }) => at(startedAt ?? '') > pausedAt);
    expect(late.map(({ id }) => id)).toEqual([byHand.run.id]);

    await place.ask(['jobs', 'resume', 'a']);
    const resumedAt = Date.now();
    await until('it runs again', async () =>
      (await place.runsOf('a')).some(
        ({ fireAt, state }) => at(fireAt) > resumedAt && state === 'SUCCESS',
      ),
    );
    expect((await ledgerOf('a')).skippedCount('paused')).toBeGreaterThanOrEqual(2);

    await place.ask(['jobs', 'disable', 'a']);
    const disabledAt = Date.now();
    await until('two seconds are over', () => Date.now() > disabledAt + 2_200);
    const started = (await place.runsOf('a')).filter(
      ({ startedAt }) => startedAt !== null && at(startedAt) > disabledAt,
    );
    expect(started).toEqual([]);
    expect((await place.ask<ShownJob>(['jobs', 'show', 'a'])).job.status).toBe('disabled');
  });
});

describe('requests', { timeout: 60_000 }, () => {
  it('start by priority when slots are short', async () => {
    await begin(
      (directory) => `concurrency: { external: 1 }
jobs:
  hold: { manual: true, ${WORK}, input: { until: ${directory}/go } }
  low: { manual: true, ${WORK}, priority: -10 }
  middle: { manual: true, ${WORK} }
  high: { manual: true, ${WORK}, priority: 10 }
`,
    );
    await place.reach(await place.runNow('hold'), 'RUNNING');
    const ids: string[] = [];
    for (const job of ['low', 'middle', 'high']) ids.push(await place.runNow(job));
    // Another process notices within a second: it has seen what it has reserved.
    for (const id of ids) {
      await until('it is reserved', async () => (await place.show(id)).run.nodeId);
    }
    place.release('go');
    const details = await Promise.all(ids.map((id) => place.reach(id, 'SUCCESS')));
    const order = details
      .map(({ run }) => run)
      .sort((a, b) => at(a.startedAt ?? '') - at(b.startedAt ?? ''));
    expect(order.map(({ jobName }) => jobName)).toEqual(['high', 'middle', 'low']);
  });

  it('of code in another process are taken, and the same key twice is one', async () => {
    await begin(() => 'jobs: {}\n');
    const scheduler = await createScheduler({
      store: place.store,
      scripts: { roots: [place.directory] },
    });
    const task = { script: 'scripts/work.mjs' };
    const input = { until: `${place.directory}/go` };
    const first = await scheduler.enqueue(task, input, { key: 'only' });
    const second = await scheduler.enqueue(task, input, { key: 'only' });
    await scheduler.close();
    expect(second).toEqual({ runId: first.runId, outcome: 'duplicate' });
    await place.reach(first.runId, 'RUNNING');
    place.release('go');
    await place.reach(first.runId, 'SUCCESS');
  });
});

describe('the end of a process', { timeout: 60_000 }, () => {
  const held = (directory: string): string => `jobs:
  retried: { manual: true, ${WORK}, input: { until: ${directory}/go } }
  failed: { manual: true, ${WORK}, input: { until: ${directory}/go }, onNodeLoss: fail }
`;

  it('by force: the same run goes on as attempt 2, or fails if it must not', async () => {
    const first = await begin(held);
    const [retried, failed] = [await place.runNow('retried'), await place.runNow('failed')];
    await place.reach(retried, 'RUNNING');
    await place.reach(failed, 'RUNNING');
    first.process.kill('SIGKILL');
    await first.ended;
    await place.start();
    const lost = await place.reach(failed, 'FAILED');
    expect(lost.run).toMatchObject({ reason: 'node-lost', attempt: 1 });
    await until('attempt 2', async () => (await place.show(retried)).run.attempt === 2);
    place.release('go');
    const { run, attempts } = await place.reach(retried, 'SUCCESS');
    expect(run.attempt).toBe(2);
    expect(attempts.map(({ outcome }) => outcome)).toEqual(['lost', 'success']);
  });

  it('by a signal: running work is waited for', async () => {
    const { process: child, ended, output } = await begin(held);
    const runId = await place.runNow('retried');
    await place.reach(runId, 'RUNNING');
    child.kill('SIGTERM');
    await until('the words', () => output().includes('tickwork stops'));
    place.release('go');
    expect(await ended).toBe(0);
    expect((await place.show(runId)).run).toMatchObject({ state: 'SUCCESS', attempt: 1 });
  });

  it('by a second signal: at once', async () => {
    const { process: child, ended, output } = await begin(held);
    await place.reach(await place.runNow('retried'), 'RUNNING');
    child.kill('SIGINT');
    await until('the words', () => output().includes('tickwork stops'));
    // The same signal from two sides is one; a person who asks again is slower than that.
    child.kill('SIGINT');
    const askedAt = Date.now();
    await until('half a second is over', () => Date.now() > askedAt + 600);
    expect(child.exitCode).toBe(null);
    child.kill('SIGTERM');
    expect(await ended).toBe(128 + 15);
    place.release('go');
  });
});

describe('a file that changes', { timeout: 60_000 }, () => {
  it('is applied as a whole or not at all', async () => {
    const { output } = await begin(() => `jobs:\n  a: { every: 1h, ${WORK} }\n`);
    place.configure(`${HEAD}jobs:\n  b: { every: 1h, ${WORK} }\n  c: { evry: 1s }\n`);
    await until('the refusal', () => output().includes('the former one stays'));
    const statuses = async (): Promise<Record<string, string>> => {
      const { jobs } = await place.ask<{ jobs: { name: string; status: string }[] }>([
        'jobs',
        'ls',
      ]);
      return Object.fromEntries(jobs.map(({ name, status }) => [name, status]));
    };
    expect(await statuses()).toEqual({ a: 'active' });
    place.configure(`${HEAD}jobs:\n  b: { every: 1h, ${WORK} }\n`);
    await until('the new jobs', () => output().includes('configuration read again'));
    // What the file lacks goes once it has rested.
    expect(await statuses()).toEqual({ a: 'active', b: 'active' });
    await until('the removal', async () => (await statuses()).a === 'disabled');
    expect(await statuses()).toEqual({ a: 'disabled', b: 'active' });
  });

  it('of a service on gocron runs as it is', async () => {
    place = new Workplace(
      'scheduler:\n  enabled: true\n  jobs:\n' +
        '    - { name: hello_job, type: duration, schedule: 1s, enabled: true }\n' +
        '    - { name: cleanup_job, type: daily, schedule: "02:00", enabled: false }\n',
    );
    await place.start();
    const run = await until('hello_job ran', async () =>
      (await place.runsOf('hello_job')).find(({ state }) => state === 'SUCCESS'),
    );
    const { output } = await place.ask<{ output: { text: string }[] }>(['runs', 'logs', run.id]);
    expect(output.map(({ text }) => text).join('')).toContain('HelloJob is executing');
    const { job } = await place.ask<ShownJob>(['jobs', 'show', 'cleanup_job']);
    expect(job.status).toBe('disabled');
  });

  it('of a service on gocron with wrong jobs runs the others', async () => {
    const head = 'scheduler:\n  enabled: true\n  jobs:\n';
    const right = '    - { name: hello_job, type: duration, schedule: 1s, enabled: true }\n';
    const wrong =
      '    - { name: typo_job, type: durration, schedule: 1s }\n' +
      '    - { name: cleanup_job, type: daily, schedule: "25:00" }\n' +
      '    - { name: absent_job, type: duration, schedule: 1s, enabled: true }\n';
    place = new Workplace(head + wrong + right);
    const { output } = await place.start();
    for (const words of ['jobs.0.type: "durration"', 'jobs.1', '"25:00"', 'absent_job']) {
      await until(words, () => output().includes(words));
    }
    expect(output().match(/left out/g)).toHaveLength(3);
    await until('hello_job ran', async () =>
      (await place.runsOf('hello_job')).find(({ state }) => state === 'SUCCESS'),
    );
    const names = async (): Promise<readonly string[]> => {
      const { jobs } = await place.ask<{ jobs: { name: string }[] }>(['jobs', 'ls']);
      return jobs.map(({ name }) => name);
    };
    expect(await names()).toEqual(['hello_job']);
    // It is read again in the same way: one is mended, another is broken now.
    const mended = '    - { name: cleanup_job, type: daily, schedule: "02:00" }\n';
    place.configure(
      `${head}    - { name: late_job, type: cron, schedule: "x" }\n${mended}${right}`,
    );
    await until('it is read again', () => output().includes('configuration read again'));
    expect(output()).toContain('jobs.0');
    expect(await names()).toEqual(['cleanup_job', 'hello_job']);
    const told = await place.validate();
    expect(told).toMatchObject({ status: 78, answer: { error: { code: 'INVALID_CONFIG' } } });
  });
});

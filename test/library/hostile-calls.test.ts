import {
  createScheduler,
  isTickworkError,
  nextFires,
  type Scheduler,
  type SchedulerOptions,
} from 'tickwork';
import { createMemoryStore } from 'tickwork/memory';
import { createSqliteStore } from 'tickwork/sqlite';
import { createTestScheduler, type TestScheduler } from 'tickwork/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

/**
 * Every public call, with arguments that are right, and each argument, and each member of each
 * argument, replaced by something hostile. A call may do what it says or refuse with a code of
 * the user's side and the field; it must not throw anything else, hang, or leave a rejection.
 */
type Call = (...args: readonly never[]) => unknown;

const source = { kind: 'file', id: 'a.yaml' };
const page = { after: null, limit: 5 };
const policies = { retry: 1 };
const job = { every: '1h', task: 'work', input: 1, tags: ['red'], timeout: '1m' };
const durations = { job: { runCount: 5, meanMs: 5, p95Ms: 9 } };
const common = { priority: 1, policies };

/** One right call each. Members are complete, so that each is replaced. */
const right: Readonly<Record<keyof Scheduler, readonly unknown[]>> = {
  task: ['another', () => 1, { isolate: undefined, module: undefined, exportName: undefined }],
  taskClass: [{ name: 'classy', execute: () => 1 }],
  on: ['run.finished', () => {}],
  troubles: [],
  start: [],
  stop: [{ drain: false, timeoutMs: 5 }],
  close: [],
  job: ['another job', job],
  applyJobs: [source, { filed: job }, { dryRun: true, absent: 'keep' }],
  applyCalendars: [{ week: { weekends: 'sat-sun' } }, source],
  remove: ['nobody'],
  enqueue: ['work', { a: [1] }, { ...common, runAt: 5, key: 'k', requestId: 'r' }],
  enqueueMany: ['work', [1, null], { ...common, delay: '5m', requestIds: ['a', 'b'] }],
  runNow: ['job', { input: { a: 1 }, requestId: 'r' }],
  waitFor: ['e_1', { timeout: 0 }],
  cancel: ['e_1'],
  retry: ['e_1'],
  jobs: [{ status: 'active', source, tag: 'red', eventDriven: false, search: 'j' }, page],
  findJob: ['job'],
  stats: ['job'],
  skips: ['job', 0, 5],
  runs: [
    {
      ...{ jobId: 1, jobName: 'job', states: ['SUCCESS'], origin: 'schedule', handler: 'x' },
      ...{ fromAt: 0, toAt: 5 },
    },
    page,
  ],
  findRun: ['e_1'],
  output: ['e_1', { attempt: 1, seq: 0 }, 5],
  nodes: [],
  calendars: [],
  nextFires: [{ daily: '02:00' }, { after: 0, count: 2, zone: 'UTC' }],
  pause: ['job', { reason: 'r', until: '2027-01-01' }],
  resume: ['job', { catchUp: 'drop', skips: false }],
  pausedInstants: ['job'],
  skip: ['job', { next: 1, date: undefined, reason: 'r' }],
  disable: ['filed', { reason: 'r' }],
  pauseTagged: ['red', { reason: 'r', until: '2027-01-01' }],
  resumeTagged: ['red', { catchUp: 'drop', skips: false }],
  backfill: ['job', { from: '2025-12-31', to: '2026-01-01', force: false }],
  audit: [{ job: 'job', since: '7d' }],
  explain: ['job', { at: '2026-01-01T01:00' }],
  lint: [{ jobs: { a: job }, durations }],
  forecast: [
    {
      ...{ jobs: { a: job }, from: '2026-01-01', to: '1d', durations, use: 'mean' },
      ...{ assume: '30s', nodes: 1, slots: { function: 1, external: 1 } },
    },
  ],
  diffJobs: [source, { a: job }, { days: 1, calendars: {} }],
  revisions: ['job'],
  rollback: ['job', 1],
  diagnose: [],
  durations: [],
  examineStore: [],
  repairStore: [],
};

class Odd {
  readonly limit = 5;
}

const hostile: readonly unknown[] = [
  ...[null, 5, -1, 1.5, Number.NaN, Number.POSITIVE_INFINITY, 1e300, true, 10n],
  ...['', ' ', '\ud800', '\u0000', 'x'.repeat(20_000), '__proto__', 'constructor', '-1d', '🕑'],
  ...[[], {}, Array(3), [null], [[]], new Date(Number.NaN), new Map(), /x/u, new Odd()],
  ...[Symbol('s'), () => 1, async () => 1, Object.create(null), JSON.parse('{"__proto__":{}}')],
  ...[{ unknownKey: 1 }, { kind: 'nope' }, { kind: 'interval' }, { job: 5 }],
];

const LISTED = /^(INVALID_\w+|\w+_NOT_FOUND|NEVER_FIRES|RUN_AT_PAST|DUPLICATE_\w+|WAIT_TIMEOUT)$/u;
/** They end the scheduler that the other calls need. */
const ends = new Set(['stop', 'close']);
const unhandled: unknown[] = [];
const note = (error: unknown): void => {
  unhandled.push(error);
};

let test: TestScheduler;
beforeAll(async () => {
  process.on('unhandledRejection', note);
  test = await createTestScheduler();
  test.scheduler.task('work', () => null);
  await test.scheduler.job('job', { every: '1h', task: 'work', tags: ['red'] });
});
afterAll(async () => {
  process.off('unhandledRejection', note);
  await test.close();
});

/** The arguments with one of them, or one member of one, replaced by each hostile value. */
function* variants(args: readonly unknown[]): Generator<readonly unknown[]> {
  for (let place = 0; place <= args.length; place++) {
    const given = args[place];
    for (const value of [undefined, ...hostile]) yield args.toSpliced(place, 1, value);
    if (typeof given !== 'object' || given === null) continue;
    for (const key of [...Object.keys(given), 'unknownKey']) {
      for (const value of hostile) yield args.toSpliced(place, 1, { ...given, [key]: value });
    }
  }
}

async function problemOf(call: Call, args: readonly unknown[]): Promise<string | null> {
  try {
    await call(...(args as readonly never[]));
    return null;
  } catch (error) {
    const isListed = isTickworkError(error) && LISTED.test(error.code);
    if (isListed && error.field !== undefined) return null;
    const code = isTickworkError(error) ? error.code : 'no TickworkError';
    return `${show(args)}: ${code}: ${String(error)}`.slice(0, 400);
  }
}

function show(args: readonly unknown[]): string {
  const text = JSON.stringify(args, (_key, part: unknown) =>
    typeof part === 'bigint' || typeof part === 'symbol' ? String(part) : part,
  );
  return text.slice(0, 200);
}

async function problemsOf(call: Call, args: readonly unknown[]): Promise<readonly string[]> {
  const problems: string[] = [];
  for (const variant of variants(args)) {
    if (namesFile(variant)) continue;
    const problem = await problemOf(call, variant);
    if (problem !== null) problems.push(problem);
  }
  return problems;
}

/** Any text is the name of a store's file, which must not be made. */
function namesFile([options]: readonly unknown[]): boolean {
  const { store }: { readonly store?: unknown } = Object(options);
  return typeof store === 'string' && store !== 'memory:' && store !== '';
}

describe('a scheduler under hostile arguments', () => {
  const calls = Object.entries(right).filter(([name]) => !ends.has(name));

  it.each(calls)('%s is right as it stands in this table', async (name, args) => {
    const call = test.scheduler[name as keyof Scheduler] as Call;
    // A store is repaired when no node is up.
    const problem = name === 'repairStore' ? null : await problemOf(call, args);
    expect(problem).toBeNull();
  });

  it.each(calls)('%s does what it says or refuses with the field', async (name, args) => {
    const call = test.scheduler[name as keyof Scheduler] as Call;
    expect((await problemsOf(call, args)).slice(0, 5)).toEqual([]);
  });

  it('leaves no rejection that nobody hears', () => {
    expect(unhandled).toEqual([]);
  });
});

describe('the front doors under hostile arguments', () => {
  const clock = { now: () => 0, mono: () => 0 };
  const logger = { log: () => {} };
  const concurrency = { function: 1, external: 1 };
  const options = {
    ...{ store: 'memory:', tasks: {}, timezone: 'UTC', logger, concurrency, defaults: policies },
    ...{ scripts: { roots: [] }, pools: { a: 1 }, name: 'n', taskKinds: [] },
    timings: { leaseMs: 15_000 },
  };
  const closing =
    <Args extends readonly never[]>(open: (...args: Args) => unknown) =>
    async (...args: Args) => {
      const opened = (await open(...args)) as { close(): Promise<void> };
      await opened.close();
    };

  /** Without a name of a store, the working directory would get a file. */
  const inMemory = (given: unknown, ...rest: readonly never[]) => {
    const isPlain = typeof given === 'object' && given !== null && !Array.isArray(given);
    const store = isPlain && !('store' in given) ? { ...given, store: 'memory:' } : given;
    return createScheduler((store ?? null) as SchedulerOptions, ...(rest as []));
  };

  it.each<readonly [string, Call, readonly unknown[]]>([
    ['nextFires', nextFires as Call, [{ every: '1h' }, { after: 0, count: 1, zone: 'UTC' }]],
    ['createScheduler', closing(inMemory), [options]],
    ['createTestScheduler', closing(createTestScheduler), [{ start: 0, seed: 1, tasks: {} }]],
    ['createMemoryStore', closing(createMemoryStore), [{ clock, clockSource: 'process' }]],
  ])('%s', async (_name, call, args) => {
    expect(await problemOf(call, args)).toBeNull();
    expect((await problemsOf(call, args)).slice(0, 5)).toEqual([]);
  });

  it.each<readonly [unknown, string]>([
    [undefined, 'options'],
    [{}, 'path'],
    [{ path: 5 }, 'path'],
    [{ path: '' }, 'path'],
    [{ path: 'x.db', durble: true }, 'durble'],
    [{ path: 'x.db', pagesMax: 'many' }, 'pagesMax'],
    [{ path: 'x.db', now: 5 }, 'now'],
  ])('createSqliteStore(%j) names %s', async (wrong, field) => {
    const opening = createSqliteStore(wrong as { path: string });
    await expect(opening).rejects.toMatchObject({ code: 'INVALID_INPUT', field });
  });
});

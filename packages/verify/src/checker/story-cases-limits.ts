import type { Policies } from '../../../tickwork/src/core/model/policy.ts';
import type { RunDump } from '../history/history.ts';
import { goodAttempt, MINUTE, minute, type RunStory, type Story } from './story.ts';
import { legal, type StoryCase, table, wrong } from './story-case.ts';

const policies = (s: Story, change: Partial<Policies>): void => {
  s.policies = { ...s.policies, ...change };
};
const overlapping = { overlap: { mode: 'allow', waitingMax: 1000 } } as const;

/** Instants 3 and 4: the first runs until so many ms after the second has begun. */
const beside = (s: Story, ms: number): void => {
  s.run(3, { attempts: [goodAttempt(minute(3), { endAt: minute(4, ms) })] });
};

/** A run of another origin besides the ten, which goes well. */
const extraRun = (
  s: Story,
  id: string,
  origin: RunDump['origin'],
  fireAt: number,
  row: Partial<RunDump> = {},
): void => {
  const run: Partial<RunStory> & { fireAt: number; runId: string } = {
    ...{ fireAt, runId: `1-${id}`, origin, row },
    attempts: [goodAttempt(Math.max(fireAt, row.createdAt ?? 0))],
  };
  s.other(run);
};

/** Room that is shared. */
export const limits: readonly StoryCase[] = [
  ...table(
    'a run that begins, with room for one, so many ms before the end of another is written',
    [
      [1000, 'over-limit'],
      [20, 'over-limit'],
      [-1000, 'legal'],
    ],
    (s, ms) => {
      policies(s, { ...overlapping, concurrency: { key: null, max: 1 } });
      beside(s, ms);
    },
  ),
  ...table(
    'two runs at once with room for so many',
    [
      [2, 'legal'],
      [1, 'over-limit'],
    ],
    (s, max) => {
      policies(s, { ...overlapping, concurrency: { key: 'shared', max } });
      beside(s, 1000);
    },
  ),
  ...table(
    'two runs at once in a pool of four, each of the weight',
    [
      [2, 'legal'],
      [3, 'over-limit'],
    ],
    (s, weight) => {
      policies(s, { ...overlapping, pool: { name: 'p', weight, size: 4 } });
      beside(s, 1000);
    },
  ),
  ...table(
    'starts each minute, of which so many are allowed in two',
    [
      [2, 'legal'],
      [1, 'over-limit'],
    ],
    (s, max) => {
      policies(s, { rate: { max, perMs: 120_000, key: null } });
      s.grantsTellTheClock = true;
    },
  ),
  ...table(
    'a start so many ms after the room it waited for was free',
    [
      [1000, 'legal'],
      // Another node looks within the tick and the claim interval.
      [2900, 'legal'],
      [3200, 'late'],
    ],
    (s, ms) => {
      policies(s, { ...overlapping, concurrency: { key: null, max: 1 } });
      s.run(3, { attempts: [goodAttempt(minute(3), { endAt: minute(4, 9995) })] });
      const startAt = minute(4, 10_000 + ms);
      s.run(4, { attempts: [goodAttempt(minute(4), { startAt })] });
    },
  ),
  ...table(
    'no catching up after 20 s, and a start 25 s after others ended, so many ms after the instant',
    [
      // It had waited for room: nothing is missed then, only late.
      [9995, 'late'],
      [-10, ['extra', 'late']],
    ],
    (s, ms) => {
      policies(s, {
        ...{ ...overlapping, concurrency: { key: null, max: 1 } },
        misfire: { ...s.policies.misfire, mode: 'skip', graceMs: 20_000 },
      });
      s.run(3, { attempts: [goodAttempt(minute(3), { endAt: minute(4, ms) })] });
      s.run(4, { attempts: [goodAttempt(minute(4), { startAt: minute(4, ms + 25_000) })] });
    },
  ),
];

const within = (s: Story): void => policies(s, { startWithinMs: 5000 });
const gated = (s: Story): void =>
  policies(s, { onlyIf: { kind: 'gate', name: 'open', options: {} } });

/** Times within which runs begin, and pre-checks. */
export const conditions: readonly StoryCase[] = [
  ...table(
    'a skip as too late, so many ms after the instant, of 5 s',
    [
      [5001, 'legal'],
      [5000, 'unjustified-skip'],
      [10, 'unjustified-skip'],
    ],
    (s, ms) => {
      within(s);
      s.skipRow(5, 'too-late', minute(5, ms));
    },
  ),
  ...table(
    'a skip for overlap with one that waited for room, until so many ms after, and came too late',
    [
      [20, 'legal'],
      [-20_000, 'unjustified-skip'],
    ],
    (s, ms) => {
      within(s);
      s.skipRow(4, 'too-late', minute(5, ms));
      s.skipRow(5, 'overlap', minute(5, 10));
    },
  ),
  wrong('unjustified-skip', 'a skip as too late of a job that has no such time', (s) =>
    s.skipRow(5, 'too-late', minute(5, 30_000)),
  ),
  ...table(
    'a start behind another so many ms after the instant, within 5 s',
    [
      [5500, 'legal'],
      [6100, 'extra'],
    ],
    (s, ms) => {
      within(s);
      policies(s, { overlap: { mode: 'queue-all', waitingMax: 9 } });
      s.run(4, { attempts: [goodAttempt(minute(4), { endAt: minute(5, ms - 20) })] });
      s.run(5, { attempts: [goodAttempt(minute(5), { startAt: minute(5, ms) })] });
    },
  ),
  ...table(
    'a start so many ms after the one before it was skipped as too late, which had waited',
    [
      [['queue-all', 10], 'legal'],
      [['queue-all', 1000], 'legal'],
      [['queue-all', 1001], 'late'],
      // Nobody waits for another there.
      [['allow', 10], 'late'],
    ],
    (s, [mode, ms]: readonly ['queue-all' | 'allow', number]) => {
      policies(s, { startWithinMs: 70_000, overlap: { mode, waitingMax: 9 } });
      s.run(3, { attempts: [goodAttempt(minute(3), { endAt: minute(5, 15_000) })] });
      s.skipRow(4, 'too-late', minute(5, 17_000));
      s.run(5, { attempts: [goodAttempt(minute(5), { startAt: minute(5, 17_000 + ms) })] });
    },
  ),
  legal('a task whose pre-check says yes', (s) => {
    gated(s);
    for (let k = 1; k <= 10; k++) s.check(k, true);
  }),
  ...table(
    'a run that its pre-check ended before 5 min 30, written at 5 min 40, and kept for so long',
    [
      [5.5 * MINUTE, 'legal'],
      [6 * MINUTE, ['lost-result', 'missed', 'accounting']],
    ],
    (s, ageMs) => {
      gated(s);
      policies(s, { retention: { ageMs, runsMax: 1_000_000 } });
      for (let k = 1; k <= 10; k++) if (k !== 5) s.check(k, true);
      s.run(5, { attempts: [], row: null });
      s.check(5, false);
      const ended = { inc: 'a1', runId: `1-${minute(5).toString(36)}`, token: 1 } as const;
      const said = { ...ended, state: 'SKIPPED', accepted: true } as const;
      s.at(minute(5, 40_000), { src: 'sut', type: 'commit', what: 'completion', ...said });
      s.at(minute(5, 40_001), { src: 'sut', type: 'ack', ...said });
    },
  ),
  wrong('extra', 'a task whose pre-check says no', (s) => {
    gated(s);
    for (let k = 1; k <= 10; k++) s.check(k, k !== 4);
  }),
  wrong('extra', 'a task whose pre-check was not made', (s) => {
    gated(s);
    for (let k = 1; k <= 9; k++) s.check(k, true);
  }),
  ...table(
    'a skip by the pre-check, which goes on',
    [
      [false, 'legal'],
      [true, 'unjustified-skip'],
    ],
    (s, goesOn) => {
      gated(s);
      for (let k = 1; k <= 10; k++) s.check(k, k === 4 ? goesOn : true);
      s.skipRow(4, 'check', minute(4, 20));
    },
  ),
];

const onFailure = (
  s: Story,
  change: { retryAfterMs?: number; pauseAfter?: number },
  ks: readonly number[],
): void => {
  const retry = { ...s.policies.retry, attemptsMax: 0 };
  policies(s, { retry, onFailure: { retryAfterMs: null, pauseAfter: null, ...change } });
  for (const k of ks) s.run(k, failedAt(minute(k)));
};
const failedAt = (at: number): Pick<RunStory, 'attempts' | 'row'> => {
  const commit = { state: 'FAILED', accepted: true, t: at + 2015 } as const;
  const attempts = [goodAttempt(at, { outcome: 'failed', commit })];
  return { attempts, row: { state: 'FAILED', reason: 'error', failedCount: 1 } };
};

const fourth = `1-${minute(4).toString(36)}`;
const lost = ['unjustified-skip', 'lost-result', 'accounting'] as const;

/** What follows when a run has failed for good. */
export const failures: readonly StoryCase[] = [
  ...table(
    'a skip for the pause after a failure that lasts so many ms',
    [
      [120_000, 'legal'],
      [30_000, 'unjustified-skip'],
    ],
    (s, retryAfterMs) => {
      onFailure(s, { retryAfterMs }, [4]);
      s.skipRow(5, 'backoff');
    },
  ),
  ...table(
    'a run so many ms after a failure, of 90 s',
    [
      [90_000, 'legal'],
      [89_000, 'retry-fault'],
    ],
    (s, ms) => {
      onFailure(s, { retryAfterMs: 90_000 }, [4]);
      s.skipRow(5, 'backoff');
      const row = { parentId: fourth, createdAt: minute(4, 2015) };
      extraRun(s, 'f-1', 'failure', minute(4, 2010 + ms), row);
    },
  ),
  ...table<[holdMs: number, keptMs: number, follows: boolean]>(
    'a skip while runs that end are kept so long: its failure is gone, the run after a hold is not',
    [
      [[58_001, 390_000, true], 'legal'],
      [[58_000, 390_000, true], 'unjustified-skip'],
      [[90_000, 390_000, false], 'unjustified-skip'],
      [[90_000, 500_000, true], lost],
    ],
    (s, [holdMs, keptMs, follows]) => {
      onFailure(s, { retryAfterMs: holdMs }, [4]);
      policies(s, { retention: { ageMs: keptMs, runsMax: 1000 } });
      s.run(4, { row: null }).skipRow(5, 'backoff');
      const row = { parentId: follows ? fourth : null, createdAt: minute(4, 2000) };
      extraRun(s, 'f-1', 'failure', row.createdAt + holdMs, row);
    },
  ),
  legal('a run after a removed failure fails too, and its job waits again', (s) => {
    onFailure(s, { retryAfterMs: 59_000 }, [4]);
    policies(s, { retention: { ageMs: 390_000, runsMax: 1000 } });
    s.run(4, { row: null }).skipRow(5, 'backoff').skipRow(6, 'backoff');
    const { attempts, row } = failedAt(minute(5, 1000));
    const run = { fireAt: minute(5, 1000), runId: '1-f-1', origin: 'failure', attempts } as const;
    s.other({ ...run, row: { ...row, parentId: fourth, createdAt: minute(4, 2000) } });
  }),
  ...table(
    'a pause of itself after two failures, of so many',
    [
      [2, 'legal'],
      [3, 'unjustified-skip'],
    ],
    (s, pauseAfter) => {
      onFailure(s, { pauseAfter }, [4, 5]);
      s.skipRange(6, 10, 'paused', minute(10, 5));
      s.status = 'paused';
    },
  ),
];

const startup = (s: Story, scope: 'node' | 'cluster'): void => {
  s.trigger = { kind: 'startup', scope };
  s.drop(1, 2, 3, 4, 5, 6, 7, 8, 9, 10);
  s.endAt = minute(40);
  s.nextFireAt = null;
};
const joined = (s: Story, k: number, inc: string, first = false): void => {
  s.at(minute(k), { src: 'sut', type: 'joined', node: inc.slice(0, 1), inc, first });
};

/** Runs that the trigger does not ask for by the clock. */
export const madeUp: readonly StoryCase[] = [
  ...table(
    'instants passed over by hand, from the first of them on',
    [
      [5, 'legal'],
      [6, 'unjustified-skip'],
    ],
    (s, k) => {
      s.skipRange(5, 6, 'paused', minute(5));
      s.op('skip', minute(3), minute(3, 20), {
        rest: { fromAt: minute(k), toAt: minute(6) },
      });
    },
  ),
  legal('a stretch passed over, taken back, and passed over on', (s) => {
    s.skipRange(4, 8, 'paused', minute(8, 5));
    s.op('skip', minute(3), minute(3, 20), { rest: { fromAt: minute(4), toAt: minute(9) } });
    s.op('resume', minute(6, 10_000), minute(6, 10_020), {
      definition: s.definition(),
      revision: 1,
    });
    s.op('skip', minute(6, 20_000), minute(6, 20_020), {
      rest: { fromAt: minute(7), toAt: minute(8) },
    });
  }),
  ...table(
    'an instant made up for that is',
    [
      ['skipped', 'legal'],
      ['run', 'doubled-fire'],
      ['none', 'extra'],
    ],
    (s, what) => {
      if (what === 'skipped') s.skipRow(3, 'overlap');
      if (what === 'skipped')
        s.run(2, { attempts: [goodAttempt(minute(2), { endAt: minute(3, 1000) })] });
      const fireAt = what === 'none' ? minute(3, 500) : minute(3);
      extraRun(s, 'b-1', 'backfill', fireAt, {
        createdAt: minute(8, 10_000),
        startAt: minute(8, 10_000),
      });
    },
  ),
  ...table(
    'a backfill whose run is there',
    [
      [true, 'legal'],
      [false, 'missed'],
    ],
    (s, there) => {
      s.skipRow(3, 'overlap');
      s.run(2, { attempts: [goodAttempt(minute(2), { endAt: minute(3, 1000) })] });
      s.op('backfill', minute(8, 9000), minute(8, 9020), { runIds: ['1-b-1'] });
      const createdAt = minute(8, 10_000);
      if (there) extraRun(s, 'b-1', 'backfill', minute(3), { createdAt, startAt: createdAt });
    },
  ),
  ...table(
    'a start of a node, whose run is there',
    [
      [true, 'legal'],
      [false, 'missed'],
    ],
    (s, there) => {
      startup(s, 'node');
      joined(s, 10, 'a1');
      if (there) extraRun(s, 's-a1', 'startup', minute(10));
    },
  ),
  ...table(
    'a start of the cluster by the first node',
    [
      [true, 'legal'],
      [false, 'extra'],
    ],
    (s, first) => {
      startup(s, 'cluster');
      joined(s, 10, 'a1', first);
      extraRun(s, 's-a1', 'startup', minute(10));
    },
  ),
  wrong('extra', 'a run for the start of a node that never was', (s) => {
    startup(s, 'node');
    extraRun(s, 's-b7', 'startup', minute(10));
  }),
];

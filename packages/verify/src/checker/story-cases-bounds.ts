import type { Policies } from '../../../tickwork/src/core/model/policy.ts';
import type { RunReason } from '../../../tickwork/src/core/model/run.ts';
import type { RunState } from '../../../tickwork/src/core/model/run-state.ts';
import type { FaultKind } from '../history/history.ts';
import { goodAttempt, minute, type Story } from './story.ts';
import { type StoryCase, table } from './story-case.ts';

/** What two verdicts both see: a start without an instant is one too many as well. */
const early = ['extra', 'doubled-fire'] as const;
const gone = ['missed', 'accounting'] as const;

const misfire = (s: Story, change: Partial<Policies['misfire']>): void => {
  s.policies = { ...s.policies, misfire: { ...s.policies.misfire, ...change } };
};
const overlap = (s: Story, mode: Policies['overlap']['mode'], waitingMax = 1000): void => {
  s.policies = { ...s.policies, overlap: { mode, waitingMax } };
};

/** Faults that last: work is held up to their end and for the recovery bound of 21 s. */
const lasting: readonly FaultKind[] = [
  'store-down',
  'partition',
  'pause',
  'restart',
  'stall',
  'ack-lost',
  'busy',
  'fail-before',
  'fail-after-apply',
];

/** Starts at, before and after their instants. */
export const bounds: readonly StoryCase[] = [
  ...table(
    'a start so many ms after its instant',
    [
      [0, 'legal'],
      [1, 'legal'],
      [999, 'legal'],
      [1000, 'legal'],
      [1001, 'late'],
      [2500, 'late'],
      [20_000, 'late'],
      [-1, early],
      [-10, early],
      [-2000, early],
    ],
    (s, ms) => s.run(5, { attempts: [goodAttempt(minute(5), { startAt: minute(5, ms) })] }),
  ),
  ...table(
    'a start with a jitter of 3 s, so many ms after its instant',
    [
      [3000, 'legal'],
      [4000, 'legal'],
      [2999, 'extra'],
      [0, 'extra'],
      [4001, 'late'],
    ],
    (s, ms) =>
      s.run(5, {
        attempts: [goodAttempt(minute(5), { startAt: minute(5, ms) })],
        row: { startAt: minute(5, 3000) },
      }),
  ),
  ...lasting.flatMap((kind) =>
    table(
      `a start so many ms after its instant, with ${kind} up to 4 s after it`,
      [
        [5000, 'legal'],
        [26_000, 'legal'],
        [26_001, 'late'],
      ],
      (s, ms) =>
        s
          .fault(kind, kind === 'store-down' ? 'store' : 'a1', minute(5, -1000), minute(5, 4000))
          .run(5, { attempts: [goodAttempt(minute(5), { startAt: minute(5, ms) })] }),
    ),
  ),
  ...table(
    'a start so many ms after its instant, a second after a crash',
    [
      [21_000, 'legal'],
      [21_001, 'late'],
    ],
    (s, ms) =>
      s
        .fault('crash', 'c', minute(5, -1000), minute(5, 9000))
        .run(5, { attempts: [goodAttempt(minute(5), { startAt: minute(5, ms) })] }),
  ),
  ...(['queue-one', 'queue-all', 'cancel-previous'] as const).flatMap((mode) =>
    table(
      `${mode}: a start so many ms after its predecessor ended`,
      [
        [10, 'legal'],
        [1005, 'legal'],
        [1006, 'late'],
        [9000, 'late'],
      ],
      (s, ms) => {
        overlap(s, mode);
        s.run(4, { attempts: [goodAttempt(minute(4), { endAt: minute(5, 20_000) })] });
        s.run(5, { attempts: [goodAttempt(minute(5), { startAt: minute(5, 20_000 + ms) })] });
      },
    ),
  ),
  ...table(
    'nothing is known of one instant',
    [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((k) => [k, gone] as const),
    (s, k) => s.drop(k),
  ),
  ...table(
    'a cron expression instead of an interval, and an instant of it is gone',
    [
      [null, 'legal'],
      [3, gone],
      [9, gone],
    ],
    (s, k) => {
      s.trigger = { kind: 'cron', expression: '* * * * *', zone: 'UTC', dialect: 'standard' };
      if (k !== null) s.drop(k);
    },
  ),
  ...table(
    'two times of a day, and only these are run',
    [
      [[3, 6], 'legal'],
      [[3], gone],
      [[6], gone],
      [
        [3, 5, 6],
        ['extra', 'doubled-fire', 'accounting'],
      ],
    ],
    (s, run) => {
      const dst = { gap: 'after', overlap: 'first' } as const;
      s.trigger = { kind: 'daily', times: ['00:03', '00:06'], zone: 'UTC', every: 1, dst };
      s.nextFireAt = minute(24 * 60 + 3);
      for (let k = 1; k <= 10; k++) if (!(run as readonly number[]).includes(k)) s.drop(k);
    },
  ),
];

/** Skips at the edges of what the policies allow. */
export const policies: readonly StoryCase[] = [
  ...[1000, 5000, 20_000].flatMap((graceMs) =>
    table(
      `misfire skip with a grace of ${graceMs} ms, decided so late`,
      [
        [graceMs + 1, 'legal'],
        [graceMs, 'unjustified-skip'],
        [10, 'unjustified-skip'],
      ],
      (s, ms) => {
        misfire(s, { mode: 'skip', graceMs });
        s.fault('store-down', 'store', minute(5, -5000), minute(5, 9000));
        s.skipRow(5, 'misfire', minute(5, ms));
      },
    ),
  ),
  ...(['fire-once', 'fire-all'] as const).flatMap((mode) =>
    table(
      `misfire ${mode} with a maximum age of 10 s, given up so late`,
      [
        [10_001, 'legal'],
        [10_000, 'unjustified-skip'],
        [2000, 'unjustified-skip'],
      ],
      (s, ms) => {
        misfire(s, { mode, ageMsMax: 10_000 });
        s.fault('store-down', 'store', minute(5, -5000), minute(5, 9000));
        s.skipRow(5, 'misfire', minute(5, ms));
      },
    ),
  ),
  ...(['skip', 'queue-one', 'queue-all', 'cancel-previous', 'allow'] as const).flatMap((mode) => {
    const busy = mode === 'allow' ? 'unjustified-skip' : 'legal';
    return table(
      `overlap ${mode}: skipped, and the predecessor ended so many ms after the instant`,
      [
        [5000, busy],
        [11, busy],
        [-900, busy],
        [-1100, 'unjustified-skip'],
        [-30_000, 'unjustified-skip'],
      ],
      (s, ms) => {
        overlap(s, mode);
        s.skipRow(5, 'overlap').run(4, {
          attempts: [goodAttempt(minute(4), { endAt: minute(5, ms) })],
        });
      },
    );
  }),
  ...table(
    'a queue of so many at most is full with one that waits',
    [
      [1, 'legal'],
      [2, 'legal'],
      [3, 'unjustified-skip'],
      [1000, 'unjustified-skip'],
    ],
    (s, waitingMax) => {
      overlap(s, 'queue-all', waitingMax);
      s.run(3, { attempts: [goodAttempt(minute(3), { endAt: minute(5, 30_000) })] });
      s.run(4, { attempts: [goodAttempt(minute(5, 30_010))] });
      s.skipRow(5, 'limit');
    },
  ),
  ...table(
    'a queue of one is full with a run that a pause skips so many ms later',
    [
      [500, 'legal'],
      [100, 'legal'],
      [-3000, 'unjustified-skip'],
    ],
    (s, ms) => {
      overlap(s, 'queue-all', 2);
      s.op('pause', minute(5, ms - 40), minute(5, ms + 10)).drop(6, 7, 8, 9, 10);
      s.status = 'paused';
      s.run(3, { attempts: [goodAttempt(minute(3), { endAt: minute(5, 30_000) })] });
      s.skipRow(4, 'paused', minute(5, ms));
      s.skipRow(5, 'limit');
    },
  ),
  ...table(
    'a reason that is none',
    (['error', 'timeout', 'request', 'node-lost', 'poison', 'shutdown'] as const).map(
      (reason) => [reason, 'unjustified-skip'] as const,
    ),
    (s, reason) => s.skipRow(5, reason),
  ),
  ...(['update', 'disable'] as const).flatMap((f) =>
    table(
      `superseded, and the ${f} came so many ms before the instant`,
      [
        [600, 'legal'],
        [1900, 'legal'],
        [60_000, f === 'update' ? 'unjustified-skip' : ['unjustified-skip', 'accounting']],
      ],
      (s, ms) => {
        if (f === 'disable') s.status = 'disabled';
        else s.revision = 2;
        const change = f === 'update' ? { definition: s.definition() } : {};
        s.op(f, minute(5, -ms), minute(5, -ms + 100), change);
        if (f === 'disable') s.drop(6, 7, 8, 9, 10);
        s.skipRow(5, 'superseded', minute(5, -ms < -2000 ? 10 : -ms + 50));
      },
    ),
  ),
];

/** What runs and counts are at the end. */
export const endings: readonly StoryCase[] = [
  ...(['successCount', 'failureCount', 'cancelledCount', 'skippedCount'] as const).flatMap((name) =>
    table(
      `a job shows so many as its ${name}`,
      [
        [name === 'successCount' ? 10 : 0, 'legal'],
        [name === 'successCount' ? 9 : 1, 'accounting'],
        [100, 'accounting'],
      ],
      (s, count) => {
        s.stats = { [name]: count };
      },
    ),
  ),
  ...table<[RunState, number]>(
    'the totals of a state',
    [
      [['SUCCESS', 10], 'legal'],
      [['SUCCESS', 11], 'accounting'],
      [['FAILED', 0], 'legal'],
      [['FAILED', 1], 'accounting'],
      [['PENDING', 1], 'accounting'],
      [['RUNNING', 1], 'accounting'],
    ],
    (s, [state, count]) => {
      s.at(minute(10, 30_000), { src: 'sut', type: 'totals', runs: { [state]: count } });
    },
  ),
  ...table<[RunState, RunReason | null]>(
    'a row without a start that nobody saw',
    [
      [['SUCCESS', null], 'missed'],
      [['FAILED', 'error'], 'missed'],
      [['FAILED', 'timeout'], 'missed'],
      [['CANCELLED', 'request'], 'missed'],
      [['CANCELLED', 'overlap'], 'legal'],
    ],
    (s, [state, reason]) => s.run(5, { attempts: [], row: { state, reason } }),
  ),
  ...table(
    'an accepted success is at the end',
    (['FAILED', 'CANCELLED'] as const).map((state) => [state, 'lost-result'] as const),
    (s, state) => s.run(5, { row: { state, reason: 'request' } }),
  ),
  ...table<[k: number, ageMs: number, runsMax: number]>(
    'the row of a run is gone, and retention keeps so long and so many',
    [
      [[3, 5 * 60_000, 1000], 'legal'],
      [[5, 5 * 60_000, 1000], 'legal'],
      [
        [7, 5 * 60_000, 1000],
        ['lost-result', 'accounting'],
      ],
      [
        [3, 8 * 60_000, 1000],
        ['lost-result', 'accounting'],
      ],
      [[7, 60 * 60_000, 9], 'legal'],
      [
        [7, 60 * 60_000, 10],
        ['lost-result', 'accounting'],
      ],
    ],
    (s, [k, ageMs, runsMax]) => {
      s.policies = { ...s.policies, retention: { ageMs, runsMax } };
      s.stats = { successCount: 10 };
      s.run(k, { row: null });
    },
  ),
  ...table<number>(
    'an end was written 40 s later; rows are kept from 3 s after the instant, it ended after ms',
    [
      [2_999, 'legal'],
      [3_001, 'lost-result'],
    ],
    (s, ms) => {
      s.policies = { ...s.policies, retention: { ageMs: 6 * 60_000 - 3_000, runsMax: 1000 } };
      s.stats = { successCount: 10 };
      const commit = { state: 'SUCCESS', accepted: true, t: minute(5, ms + 40_000) } as const;
      s.fault('stall', 'a', minute(5, ms), minute(5, ms + 40_000));
      s.run(5, { attempts: [goodAttempt(minute(5), { endAt: minute(5, ms), commit })], row: null });
    },
  ),
  ...table(
    'a retry is due so many ms before the end',
    [
      [100, 'legal'],
      [21_000, 'legal'],
      [21_001, 'stuck'],
      [40_000, 'stuck'],
    ],
    (s, ms) =>
      s.run(10, {
        attempts: [goodAttempt(minute(10), { outcome: 'failed' })],
        row: { state: 'RETRY', dueAt: minute(11, -ms), endedAt: null },
      }),
  ),
  ...table(
    'the next instant of a job stands so many ms before the end',
    [
      [0, 'legal'],
      [21_000, 'legal'],
      [21_001, 'stuck'],
      [600_000, 'stuck'],
    ],
    (s, ms) => {
      s.nextFireAt = minute(11, -ms);
    },
  ),
  ...table(
    'a run is running, and its node is gone for so many ms at the end',
    [
      [1000, 'legal'],
      [21_000, 'legal'],
      [21_001, 'stuck'],
    ],
    (s, ms) =>
      s.fault('crash', 'a1', minute(11, -ms), null).run(10, {
        attempts: [goodAttempt(minute(10), { endAt: null })],
        row: { state: 'RUNNING', nodeId: 'a1', endedAt: null },
      }),
  ),
];

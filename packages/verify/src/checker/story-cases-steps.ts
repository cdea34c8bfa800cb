import type { Backoff } from '../../../tickwork/src/core/model/policy.ts';
import type { TriggerSpec } from '../../../tickwork/src/core/model/trigger-spec.ts';
import { type AttemptStory, goodAttempt, minute, type Story } from './story.ts';
import { type StoryCase, table } from './story-case.ts';

const failedFrom = (ms: number, token: number): AttemptStory =>
  goodAttempt(minute(5), {
    startAt: minute(5, ms),
    endAt: minute(5, ms + 500),
    outcome: 'failed',
    token,
  });

const retry = (s: Story, attemptsMax: number, backoff?: Backoff): void => {
  const before = s.policies.retry;
  s.policies = {
    ...s.policies,
    retry: { ...before, attemptsMax, backoff: backoff ?? before.backoff },
  };
};

const exponential: Backoff = { kind: 'exponential', delayMs: 1000, factor: 2, delayMsMax: 3000 };
const list: Backoff = { kind: 'list', delaysMs: [500, 4000] };

/** Failed attempts with these pauses between them, then a success. */
function withPauses(s: Story, pauses: readonly number[]): void {
  const attempts: AttemptStory[] = [];
  let at = 10;
  for (const [i, pause] of pauses.entries()) {
    attempts.push(failedFrom(at, i + 1));
    at += 500 + pause;
  }
  attempts.push(goodAttempt(minute(5), { startAt: minute(5, at), token: pauses.length + 1 }));
  s.run(5, { attempts });
}

/** So many failed attempts, the last of which ends the run. */
function failedFor(s: Story, count: number): void {
  const attempts = Array.from({ length: count }, (_each, i) => failedFrom(10 + i * 6000, i + 1));
  const last = attempts.at(-1);
  if (last === undefined) return;
  const commit = { state: 'FAILED', accepted: true, t: (last.endAt ?? 0) + 5 } as const;
  attempts[attempts.length - 1] = { ...last, commit };
  s.run(5, { attempts, row: { state: 'FAILED', reason: 'error' } });
}

/** Attempts that follow on one another, and instants that do. */
export const sequences: readonly StoryCase[] = [
  ...[1000, 5000, 20_000].flatMap((delayMs) =>
    table(
      `a back-off of ${delayMs} ms, and the next attempt so many ms after the failed one`,
      [
        [delayMs + 100, 'legal'],
        [delayMs, 'legal'],
        [delayMs - 5, 'legal'],
        [delayMs - 6, 'retry-fault'],
        [100, 'retry-fault'],
      ],
      (s, ms) => {
        retry(s, 3, { kind: 'fixed', delayMs });
        withPauses(s, [ms]);
      },
    ),
  ),
  ...table(
    'a back-off that doubles from 1 s to 3 s at most',
    [
      [[1000], 'legal'],
      [[1000, 2000], 'legal'],
      [[1000, 2000, 3000], 'legal'],
      [[900], 'retry-fault'],
      [[1000, 1000], 'retry-fault'],
      [[1000, 2000, 2000], 'retry-fault'],
    ],
    (s, pauses) => {
      retry(s, 3, exponential);
      withPauses(s, pauses);
    },
  ),
  ...table(
    'delays of 0.5 s, then 4 s',
    [
      [[500, 4000], 'legal'],
      [[500, 4000, 4000], 'legal'],
      [[500, 500], 'retry-fault'],
      [[500, 4000, 500], 'retry-fault'],
      [[100], 'retry-fault'],
    ],
    (s, pauses) => {
      retry(s, 3, list);
      withPauses(s, pauses);
    },
  ),
  ...[0, 1, 2, 3].flatMap((attemptsMax) => [
    ...table(
      `${attemptsMax} retries, and so many failed attempts before the success`,
      [
        [attemptsMax, 'legal'],
        [attemptsMax + 1, 'retry-fault'],
      ],
      (s, count) => {
        retry(s, attemptsMax);
        withPauses(
          s,
          Array.from({ length: count }, () => 5000),
        );
      },
    ),
    ...table(
      `${attemptsMax} retries, and given up after so many failed attempts`,
      [
        [attemptsMax + 1, 'legal'],
        ...(attemptsMax > 0 ? [[attemptsMax, 'retry-fault'] as const] : []),
      ],
      (s, count) => {
        retry(s, attemptsMax);
        failedFor(s, count);
      },
    ),
  ]),
  ...table<[number, number]>(
    'a random interval, of which a minute is drawn each time',
    [
      [[60_000, 60_000], 'legal'],
      [[1000, 90_000], 'legal'],
      [[60_001, 90_000], 'extra'],
      [[1000, 59_999], 'missed'],
    ],
    (s, [minMs, maxMs]) => {
      s.trigger = { kind: 'random', minMs, maxMs, seed: '', zone: 'UTC' };
    },
  ),
  ...table(
    'a random interval of so much at most, and an instant is gone',
    [
      [120_000, 'legal'],
      [119_999, 'missed'],
    ],
    (s, maxMs) => {
      s.trigger = { kind: 'random', minMs: 1000, maxMs, seed: '', zone: 'UTC' };
      s.drop(5);
    },
  ),
  ...table(
    'a delay of so much after ends that lie 57.99 s before the next instant',
    [
      [57_990, 'legal'],
      [57_000, 'legal'],
      [55_990, 'legal'],
      [55_989, 'missed'],
      [57_991, 'extra'],
    ],
    (s, delayMs) => {
      s.trigger = { kind: 'fixed-delay', delayMs };
    },
  ),
  ...table(
    'a delay after an end, and so many of the last instants are gone',
    [
      [1, 'legal'],
      [2, 'missed'],
      [5, 'missed'],
    ],
    (s, count) => {
      s.trigger = { kind: 'fixed-delay', delayMs: 57_990 };
      for (let k = 11 - count; k <= 10; k++) s.drop(k);
    },
  ),
  ...table<[number, number]>(
    'at most so many runs, and so many are run',
    [
      [[10, 10], 'legal'],
      [[4, 4], 'legal'],
      [
        [4, 6],
        ['extra', 'doubled-fire', 'accounting'],
      ],
      [
        [6, 4],
        ['missed', 'accounting'],
      ],
    ],
    (s, [runsMax, count]) => {
      s.trigger = { ...s.trigger, runsMax } as TriggerSpec;
      s.nextFireAt = null;
      for (let k = count + 1; k <= 10; k++) s.drop(k);
    },
  ),
];

/** What people switch off and cancel. */
export const switches: readonly StoryCase[] = [
  ...(['pause', 'disable', 'delete'] as const).flatMap((f) =>
    table(
      `a start at 10 ms, after a ${f} that was acknowledged at so many ms`,
      [
        [20, 'legal'],
        [9, 'legal'],
        [7, 'extra'],
        [-500, 'extra'],
      ],
      (s, ms) => {
        s.op(f, minute(5, ms - 10), minute(5, ms)).drop(6, 7, 8, 9, 10);
        if (f === 'delete') s.dumpJob = false;
        else s.status = f === 'pause' ? 'paused' : 'disabled';
      },
    ),
  ),
  ...table(
    'a cancelled task is told so, many ms after the answer',
    [
      [100, 'legal'],
      [3000, 'legal'],
      [3001, 'lost-result'],
      [null, 'lost-result'],
    ],
    (s, ms) => {
      const runId = `1-${minute(5).toString(36)}`;
      const cancel = { runId, outcome: 'requested' };
      s.op('cancel', minute(5, 1900), minute(5, 2000), cancel).run(5, {
        attempts: [
          goodAttempt(minute(5), {
            endAt: minute(5, 30_000),
            signalledAt: ms === null ? null : minute(5, 2000 + ms),
          }),
        ],
      });
    },
  ),
  ...table(
    'a task with a timeout of 10 s is told to stop so many ms after its start',
    [
      [10_000, 'legal'],
      [11_000, 'legal'],
      [11_001, 'stuck'],
      [null, 'stuck'],
    ],
    (s, ms) => {
      s.policies = { ...s.policies, timeoutMs: 10_000 };
      s.run(5, {
        attempts: [
          goodAttempt(minute(5), {
            endAt: minute(5, 40_000),
            signalledAt: ms === null ? null : minute(5, 10 + ms),
          }),
        ],
      });
    },
  ),
  ...table(
    'a task with a timeout of 10 s ends by itself after so many ms',
    [
      [9000, 'legal'],
      [11_000, 'legal'],
      [11_001, 'stuck'],
    ],
    (s, ms) => {
      s.policies = { ...s.policies, timeoutMs: 10_000 };
      s.run(5, { attempts: [goodAttempt(minute(5), { endAt: minute(5, 10 + ms) })] });
    },
  ),
];

/** A node that stands still from 1 s to 40 s after minute 10, and another that takes over. */
function takenOver(s: Story, facts: { heldMs: number; signalledMs: number }): void {
  const { heldMs, signalledMs } = facts;
  s.fault('pause', 'a1', minute(10, 1000), minute(10, 40_000))
    .at(minute(10, 500 + heldMs), {
      src: 'sut',
      type: 'reaped',
      inc: 'a1',
      renewedAt: minute(10, 500),
    })
    .run(10, {
      attempts: [
        goodAttempt(minute(10), {
          endAt: minute(10, 50_000),
          outcome: 'aborted',
          signalledAt: minute(10, signalledMs),
          commit: { state: 'SUCCESS', accepted: false, t: minute(10, 50_010) },
        }),
        goodAttempt(minute(10), { startAt: minute(10, 1500 + heldMs), inc: 'b1', token: 2 }),
      ],
    });
}

/** Nodes that die or are thought to. */
export const deaths: readonly StoryCase[] = [
  ...table(
    'a node is declared dead so many ms after its last renewal',
    [
      [20_000, 'legal'],
      [15_000, 'legal'],
      [14_998, 'legal'],
      [14_997, ['doubled-attempt', 'overlap']],
      [5000, ['doubled-attempt', 'overlap']],
    ],
    (s, heldMs) => takenOver(s, { heldMs, signalledMs: 40_100 }),
  ),
  ...table(
    'a node that was still up to 40 s tells its task to stop so many ms after minute 10',
    [
      [40_000, 'legal'],
      [41_000, 'legal'],
      [41_001, 'overlap'],
      [49_000, 'overlap'],
    ],
    (s, signalledMs) => takenOver(s, { heldMs: 15_000, signalledMs }),
  ),
  ...table<[boolean, number]>(
    'a node that stood still begins what another has done, accepted or not, under the fence',
    [
      [[false, 1], 'legal'],
      [[true, 1], 'stale-effect'],
      [
        [true, 3],
        ['retry-fault', 'stale-effect'],
      ],
    ],
    (s, [accepted, token]) => {
      s.fault('pause', 'a1', minute(10, 100), minute(10, 30_000))
        .at(minute(10, 18_000), { src: 'sut', type: 'reaped', inc: 'a1', renewedAt: minute(10) })
        .run(10, {
          attempts: [
            goodAttempt(minute(10), {
              startAt: minute(10, 30_005),
              ...(token === 1 ? { grantAt: minute(10, 50) } : {}),
              token,
              commit: { state: 'SUCCESS', accepted, t: minute(10, 32_010) },
            }),
            goodAttempt(minute(10), { startAt: minute(10, 20_000), inc: 'b1', token: 2 }),
          ],
          row: { fence: 2 },
        });
    },
  ),
  ...table(
    'so many nodes die with one run, one after the other',
    [
      [1, 'legal'],
      [2, 'legal'],
      [3, 'retry-fault'],
    ],
    (s, count) => {
      const lost = ['a1', 'b1', 'c1', 'd1'];
      const attempts = lost.slice(0, count).map((inc, i) => {
        s.fault('crash', inc, minute(10, i * 8000 + 3000), minute(10, i * 8000 + 5000));
        const startAt = minute(10, i * 8000 + 10);
        return goodAttempt(minute(10), { startAt, endAt: null, inc, token: i + 1 });
      });
      const startAt = minute(10, count * 8000 + 10);
      const last = goodAttempt(minute(10), { startAt, inc: 'e1', token: count + 1 });
      s.run(10, { attempts: [...attempts, last] });
    },
  ),
];

/** Writes under old fences. */
export const fences: readonly StoryCase[] = [
  ...(['completion', 'report'] as const).flatMap((what) =>
    table<[boolean, number]>(
      `a ${what} of a lost attempt, accepted or not, so many ms after minute 10`,
      [
        [[true, 15_000], 'legal'],
        [[false, 25_000], 'legal'],
        [[true, 25_000], 'stale-effect'],
      ],
      (s, [accepted, ms]) => {
        const runId = `1-${minute(10).toString(36)}`;
        const commit = { src: 'sut', type: 'commit', inc: 'a1', runId, token: 1 } as const;
        s.fault('crash', 'a1', minute(10, 1000), null)
          .at(minute(10, ms), { ...commit, what, state: 'RETRY', accepted })
          .run(10, {
            attempts: [
              goodAttempt(minute(10), { endAt: null }),
              goodAttempt(minute(10), { startAt: minute(10, 20_000), inc: 'b1', token: 2 }),
            ],
          });
      },
    ),
  ),
  ...table(
    'the second attempt of a run has the fence',
    [
      [6, 'legal'],
      [50, 'legal'],
      [4, 'stale-effect'],
      [5, 'doubled-attempt'],
    ],
    (s, token) => {
      const commit = token < 5 ? { commit: null } : {};
      s.fault('crash', 'a1', minute(10, 1000), null).run(10, {
        attempts: [
          goodAttempt(minute(10), { endAt: null, token: 5 }),
          goodAttempt(minute(10), { startAt: minute(10, 20_000), inc: 'b1', token, ...commit }),
        ],
      });
    },
  ),
];

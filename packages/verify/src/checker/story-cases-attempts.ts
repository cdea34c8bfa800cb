import { goodAttempt, minute, type Story } from './story.ts';
import { legal, type StoryCase, table, wrong } from './story-case.ts';

export const attempts: readonly StoryCase[] = [
  wrong(
    ['doubled-attempt', 'overlap'],
    'a second attempt while the first runs on a live node',
    (s) =>
      s.run(5, {
        attempts: [
          goodAttempt(minute(5), { endAt: minute(5, 30_000), commit: null }),
          goodAttempt(minute(5), { startAt: minute(5, 20_000), inc: 'b1', token: 2 }),
        ],
      }),
  ),
  legal('a second attempt after the node of the first crashed', (s) =>
    s.fault('crash', 'a1', minute(10, 1000), null).run(10, {
      attempts: [
        goodAttempt(minute(10), { endAt: null }),
        goodAttempt(minute(10), { startAt: minute(10, 20_000), inc: 'b1', token: 2 }),
      ],
    }),
  ),
  wrong(['doubled-attempt'], 'a second attempt of an at-most-once run after a crash', (s) => {
    s.policies = { ...s.policies, onNodeLoss: 'fail' };
    s.fault('crash', 'a1', minute(10, 1000), null).run(10, {
      attempts: [
        goodAttempt(minute(10), { endAt: null }),
        goodAttempt(minute(10), { startAt: minute(10, 20_000), inc: 'b1', token: 2 }),
      ],
    });
  }),
  legal('a paused node loses its run and stops at once when it wakes', (s) =>
    s
      .fault('pause', 'a1', minute(10, 1000), minute(10, 30_000))
      .at(minute(10, 18_000), { src: 'sut', type: 'reaped', inc: 'a1', renewedAt: minute(10, 500) })
      .run(10, {
        attempts: [
          goodAttempt(minute(10), {
            endAt: minute(10, 30_200),
            outcome: 'aborted',
            signalledAt: minute(10, 30_100),
            commit: { state: 'SUCCESS', accepted: false, t: minute(10, 30_300) },
          }),
          goodAttempt(minute(10), { startAt: minute(10, 20_000), inc: 'b1', token: 2 }),
        ],
      }),
  ),
  wrong('overlap', 'a paused node goes on for long after it wakes', (s) =>
    s
      .fault('pause', 'a1', minute(10, 1000), minute(10, 25_000))
      .at(minute(10, 18_000), { src: 'sut', type: 'reaped', inc: 'a1', renewedAt: minute(10, 500) })
      .run(10, {
        attempts: [
          goodAttempt(minute(10), {
            endAt: minute(10, 40_000),
            signalledAt: null,
            commit: { state: 'SUCCESS', accepted: false, t: minute(10, 40_005) },
          }),
          goodAttempt(minute(10), {
            startAt: minute(10, 20_000),
            endAt: minute(10, 35_000),
            inc: 'b1',
            token: 2,
          }),
        ],
      }),
  ),
  wrong(['doubled-attempt', 'overlap'], 'a node is declared dead before its lease is over', (s) =>
    s
      .at(minute(10, 8000), { src: 'sut', type: 'reaped', inc: 'a1', renewedAt: minute(10, 500) })
      .run(10, {
        attempts: [
          goodAttempt(minute(10), { endAt: minute(10, 12_000), commit: null }),
          goodAttempt(minute(10), { startAt: minute(10, 10_000), inc: 'b1', token: 2 }),
        ],
      }),
  ),
  wrong('overlap', 'two runs of one job at the same time', (s) =>
    s.run(4, { attempts: [goodAttempt(minute(4), { endAt: minute(5, 5000) })] }),
  ),
  legal('two runs of one job at the same time, allowed', (s) => {
    s.policies = { ...s.policies, overlap: { mode: 'allow', waitingMax: 1 } };
    s.run(4, { attempts: [goodAttempt(minute(4), { endAt: minute(5, 5000) })] });
  }),
  wrong('stale-effect', 'a result under an old fence is accepted', (s) =>
    s.fault('crash', 'a1', minute(10, 1000), null).run(10, {
      attempts: [
        goodAttempt(minute(10), {
          endAt: null,
          commit: { state: 'RETRY', accepted: true, t: minute(10, 23_000) },
        }),
        goodAttempt(minute(10), { startAt: minute(10, 20_000), inc: 'b1', token: 2 }),
      ],
    }),
  ),
  legal('a result under an old fence is refused', (s) =>
    s.fault('crash', 'a1', minute(10, 1000), null).run(10, {
      attempts: [
        goodAttempt(minute(10), {
          endAt: null,
          commit: { state: 'SUCCESS', accepted: false, t: minute(10, 23_000) },
        }),
        goodAttempt(minute(10), { startAt: minute(10, 20_000), inc: 'b1', token: 2 }),
      ],
    }),
  ),
  wrong(['stale-effect'], 'fences that fall', (s) =>
    s.fault('crash', 'a1', minute(10, 1000), null).run(10, {
      attempts: [
        goodAttempt(minute(10), { endAt: null, token: 5 }),
        goodAttempt(minute(10), { startAt: minute(10, 20_000), inc: 'b1', token: 2, commit: null }),
      ],
    }),
  ),
  wrong('doubled-attempt', 'two attempts with one fence', (s) =>
    s.fault('crash', 'a1', minute(10, 1000), null).run(10, {
      attempts: [
        goodAttempt(minute(10), { endAt: null }),
        goodAttempt(minute(10), { startAt: minute(10, 20_000), inc: 'b1' }),
      ],
    }),
  ),
];

export const results: readonly StoryCase[] = [
  wrong('lost-result', 'an accepted success is not there', (s) =>
    s.run(5, { row: { state: 'FAILED' } }),
  ),
  wrong(['lost-result', 'accounting'], 'an accepted success has no row at all', (s) =>
    s.run(5, { row: null }),
  ),
  legal('a success that was refused, and a later attempt', (s) =>
    s.fault('partition', 'a1', minute(10, 500), minute(10, 30_000)).run(10, {
      attempts: [
        goodAttempt(minute(10), { commit: null }),
        goodAttempt(minute(10), { startAt: minute(10, 20_000), inc: 'b1', token: 2 }),
      ],
    }),
  ),
  wrong(['lost-result', 'retry-fault'], 'a success whose answer was lost ends as an error', (s) =>
    s.run(5, {
      attempts: [goodAttempt(minute(5), { commit: null })],
      row: { state: 'FAILED', reason: 'error' },
    }),
  ),
  wrong('lost-result', 'an acknowledged manual run is not there', (s) =>
    s.op('trigger', minute(5, 100), minute(5, 200), { requestId: 'r1', runId: '1-m-r1' }),
  ),
  legal('a manual run of unknown outcome is not there', (s) =>
    s.op('trigger', minute(5, 100), null, { requestId: 'r1' }),
  ),
  wrong('lost-result', 'an acknowledged job is not there', (s) => {
    s.dumpJob = false;
  }),
  wrong('lost-result', 'an acknowledged revision is not there', (s) => {
    s.op('update', minute(5, -600), minute(5, -500), { definition: s.definition(), revision: 2 });
    s.revision = 1;
  }),
  legal('an acknowledged revision is there', (s) => {
    s.op('update', minute(5, -600), minute(5, -500), { definition: s.definition(), revision: 2 });
    s.revision = 2;
  }),
  wrong('stuck', 'a run is still running on a node that is long gone', (s) =>
    s.fault('crash', 'a1', minute(10, 1000), null).run(10, {
      attempts: [goodAttempt(minute(10), { endAt: null })],
      row: { state: 'RUNNING', nodeId: 'a1', endedAt: null },
    }),
  ),
  legal('a run is still running at the end', (s) =>
    s.run(10, {
      attempts: [goodAttempt(minute(10), { endAt: null })],
      row: { state: 'RUNNING', nodeId: 'a1', endedAt: null },
    }),
  ),
  wrong('stuck', 'a run is running beyond its timeout', (s) => {
    s.policies = { ...s.policies, timeoutMs: 10_000 };
    s.run(10, {
      attempts: [goodAttempt(minute(10), { endAt: null })],
      row: { state: 'RUNNING', nodeId: 'a1', endedAt: null },
    });
  }),
  ...table(
    'a run began after its start had hung for 25 s, and runs so many ms later',
    [
      [8_000, 'legal'],
      [29_000, 'stuck'],
    ],
    (s, ms) => {
      s.policies = { ...s.policies, timeoutMs: 2_000 };
      s.endAt = minute(10, 25_000 + ms);
      s.fault('stall', 'a', minute(10), minute(10, 25_000)).run(10, {
        attempts: [goodAttempt(minute(10, 25_000), { endAt: null, grantAt: minute(10, 2) })],
        row: { state: 'RUNNING', nodeId: 'a1', startedAt: minute(10), endedAt: null },
      });
    },
  ),
  wrong('stuck', 'a retry is overdue', (s) =>
    s.run(10, {
      attempts: [goodAttempt(minute(10), { outcome: 'failed' })],
      row: { state: 'RETRY', dueAt: minute(10, 7000), endedAt: null },
    }),
  ),
  wrong('stuck', 'an active job has no next instant', (s) => {
    s.nextFireAt = null;
  }),
  wrong('stuck', 'the next instant of a job is long over', (s) => {
    s.nextFireAt = minute(7);
  }),
  legal('a one-off job has no next instant', (s) => {
    s.trigger = { kind: 'once', at: minute(3) };
    s.nextFireAt = null;
    s.drop(1, 2, 4, 5, 6, 7, 8, 9, 10);
  }),
];

const failedAt = (k: number, ms: number, token: number) =>
  goodAttempt(minute(k), {
    startAt: minute(k, ms),
    endAt: minute(k, ms + 500),
    outcome: 'failed',
    token,
  });

/** Its process dies after the failure, and no answer about an end is known. */
function unwrittenFailure(s: Story, outcome: 'lost' | 'failed'): Story {
  const unheard = { commit: null, inc: 'a1' } as const;
  s.run(5, {
    attempts: [
      { ...failedAt(5, 10, 1), ...unheard },
      goodAttempt(minute(5), { startAt: minute(5, 3000), token: 2, commit: null, inc: 'b1' }),
    ],
  });
  s.fault('crash', 'a', minute(5, 600), minute(5, 2000));
  const attempt = {
    ...{
      runId: `1-${minute(5).toString(36)}`,
      attempt: 1,
      nodeId: 'a1',
      fence: 1,
      error: null,
      exitCode: null,
    },
    ...{ startedAt: minute(5, 10), endedAt: minute(5, 600), outcome },
  };
  return s.at(s.endAt, { src: 'sut', type: 'dump.attempt', attempt });
}

export const retries: readonly StoryCase[] = [
  legal('a failed attempt is followed after the back-off', (s) =>
    s.run(5, {
      attempts: [
        failedAt(5, 10, 1),
        goodAttempt(minute(5), { startAt: minute(5, 5600), token: 2 }),
      ],
    }),
  ),
  wrong('retry-fault', 'an attempt before the back-off is over', (s) =>
    s.run(5, {
      attempts: [
        failedAt(5, 10, 1),
        goodAttempt(minute(5), { startAt: minute(5, 3000), token: 2 }),
      ],
    }),
  ),
  legal('a failure that was never written because its process died is tried again at once', (s) =>
    unwrittenFailure(s, 'lost'),
  ),
  wrong('retry-fault', 'a failure that nobody heard was written, tried again at once', (s) =>
    unwrittenFailure(s, 'failed'),
  ),
  wrong('retry-fault', 'more failed attempts than allowed', (s) => {
    s.policies = { ...s.policies, retry: { ...s.policies.retry, attemptsMax: 1 } };
    s.run(5, {
      attempts: [
        failedAt(5, 10, 1),
        failedAt(5, 6000, 2),
        goodAttempt(minute(5), { startAt: minute(5, 12_000), token: 3 }),
      ],
    });
  }),
  legal('as many failed attempts as allowed', (s) => {
    s.policies = { ...s.policies, retry: { ...s.policies.retry, attemptsMax: 2 } };
    s.run(5, {
      attempts: [
        failedAt(5, 10, 1),
        failedAt(5, 6000, 2),
        goodAttempt(minute(5), { startAt: minute(5, 12_000), token: 3 }),
      ],
    });
  }),
  wrong('retry-fault', 'an attempt after success', (s) =>
    s.run(5, {
      attempts: [
        goodAttempt(minute(5)),
        goodAttempt(minute(5), { startAt: minute(5, 9000), token: 2 }),
      ],
    }),
  ),
  wrong('retry-fault', 'an attempt sooner than its place in the list of delays', (s) => {
    const backoff = { kind: 'list', delaysMs: [1000, 20_000] } as const;
    s.policies = { ...s.policies, retry: { attemptsMax: 3, backoff, jitter: 0 } };
    s.run(5, {
      attempts: [
        failedAt(5, 10, 1),
        failedAt(5, 1600, 2),
        goodAttempt(minute(5), { startAt: minute(5, 12_000), token: 3 }),
      ],
    });
  }),
  wrong('accounting', 'a job shows one success too many', (s) => {
    s.stats = { successCount: 11 };
  }),
  wrong('accounting', 'the totals are wrong', (s) =>
    s.at(minute(10, 30_000), { src: 'sut', type: 'totals', runs: { SUCCESS: 9 } }),
  ),
  legal('the totals are right', (s) =>
    s.at(minute(10, 30_000), { src: 'sut', type: 'totals', runs: { SUCCESS: 10 } }),
  ),
  wrong(
    ['accounting', 'unjustified-skip'],
    'an instant is run and lies in a skipped stretch',
    (s) => s.alsoRange(5, 5, 'coalesced', minute(5, 100)),
  ),
  wrong('accounting', 'the instants of a pause were dropped', (s) =>
    s
      .op('pause', minute(5, -9000), minute(5, -8900))
      .op('resume', minute(5, 9000), minute(5, 9100))
      .drop(5),
  ),
];

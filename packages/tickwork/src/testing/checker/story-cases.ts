import { goodAttempt, MINUTE, minute, type Story } from './story.ts';
import type { VerdictName } from './violation.ts';

/** A history told by its difference from a quiet one, and what the checker must say of it. */
export interface StoryCase {
  readonly name: string;
  readonly expected: 'legal' | VerdictName | readonly VerdictName[];
  readonly story: (story: Story) => void;
}

const legal = (name: string, story: StoryCase['story']): StoryCase => ({
  name,
  expected: 'legal',
  story,
});

const wrong = (
  expected: Exclude<StoryCase['expected'], 'legal'>,
  name: string,
  story: StoryCase['story'],
): StoryCase => ({ name, expected, story });

/** Rows and counts are gone with the instant itself: both verdicts are right. */
const gone = ['missed', 'accounting'] as const;

const missed: readonly StoryCase[] = [
  wrong(gone, 'an instant has neither start nor row', (s) => s.drop(5)),
  wrong('missed', 'a row says SUCCESS and nobody saw it start', (s) => s.run(5, { attempts: [] })),
  wrong('missed', 'a run was cancelled by nobody', (s) =>
    s.run(5, { attempts: [], row: { state: 'CANCELLED', reason: 'request' } }),
  ),
  legal('a run was cancelled by a client', (s) =>
    s
      .op('cancel', minute(5, -900), minute(5, -800), { runId: `1-${minute(5).toString(36)}` })
      .run(5, { attempts: [], row: { state: 'CANCELLED', reason: 'request' } }),
  ),
  wrong(['missed', 'stuck'], 'a run still waits to start long after', (s) =>
    s.run(5, { attempts: [], row: { state: 'PENDING', endedAt: null } }),
  ),
  legal('a run waits its turn at the end', (s) => {
    s.policies = { ...s.policies, overlap: { mode: 'queue-all', waitingMax: 10 } };
    s.run(9, {
      attempts: [goodAttempt(minute(9), { endAt: null })],
      row: { state: 'RUNNING', endedAt: null, nodeId: 'a1' },
    });
    s.run(10, { attempts: [], row: { state: 'PENDING', waiting: true, endedAt: null } });
  }),
  wrong('missed', 'a node dies before the task starts, and no node held the run', (s) =>
    s.run(5, { attempts: [], row: { state: 'FAILED', reason: 'node-lost' } }),
  ),
  legal('a node dies between the grant and the start of an at-most-once run', (s) => {
    s.policies = { ...s.policies, onNodeLoss: 'fail' };
    const runId = `1-${minute(5).toString(36)}`;
    s.at(minute(5, 1), { src: 'sut', type: 'grant', inc: 'a1', runId, attempt: 1, token: 1 });
    s.fault('crash', 'a1', minute(5, 2), minute(5, 3000));
    s.run(5, { attempts: [], row: { state: 'FAILED', reason: 'node-lost' } });
    for (let k = 6; k <= 10; k++) s.run(k, { attempts: [goodAttempt(minute(k), { inc: 'b1' })] });
  }),
  legal('nothing is due before the job exists or in the last minute', (s) => {
    s.endAt = minute(12, -1000);
    s.nextFireAt = minute(12);
  }),
  legal('a disabled job is not in force', (s) => {
    s.op('disable', minute(7, 10_000), minute(7, 10_100)).drop(8, 9, 10);
    s.status = 'disabled';
  }),
  wrong(gone, 'a job stops long before it is disabled', (s) => {
    s.op('disable', minute(9, 10_000), minute(9, 10_100)).drop(8, 9, 10);
    s.status = 'disabled';
  }),
  legal('an instant within the window of a change may go either way', (s) => {
    s.op('update', minute(5, -500), minute(5, 500), { definition: s.definition() }).drop(5);
    s.revision = 2;
  }),
  wrong(['missed', 'lost-result', 'accounting'], 'a deleted job goes on', (s) => {
    s.op('delete', minute(9, 10_000), minute(9, 10_100)).drop(8, 10);
  }),
];

const skips: readonly StoryCase[] = [
  wrong('unjustified-skip', 'overlap without another run', (s) => s.skipRow(5, 'overlap')),
  legal('overlap with a run that goes on', (s) =>
    s
      .skipRow(5, 'overlap')
      .run(4, { attempts: [goodAttempt(minute(4), { endAt: minute(5, 5000) })] }),
  ),
  wrong('unjustified-skip', 'overlap under a policy that allows it', (s) => {
    s.policies = { ...s.policies, overlap: { mode: 'allow', waitingMax: 1 } };
    s.skipRow(5, 'overlap').run(4, {
      attempts: [goodAttempt(minute(4), { endAt: minute(5, 5000) })],
    });
  }),
  wrong('unjustified-skip', 'a misfire of an instant in time', (s) => s.skipRow(5, 'misfire')),
  legal('a misfire after a fault, with mode skip', (s) => {
    s.policies = { ...s.policies, misfire: { ...s.policies.misfire, mode: 'skip' } };
    s.fault('store-down', 'store', minute(5, -5000), minute(5, 9000));
    s.skipRow(5, 'misfire', minute(5, 9000));
  }),
  wrong(
    ['unjustified-skip', 'late'],
    'a misfire within the maximum age, with mode fire-all',
    (s) => {
      s.policies = { ...s.policies, misfire: { ...s.policies.misfire, mode: 'fire-all' } };
      s.skipRow(5, 'misfire', minute(5, 9000));
    },
  ),
  wrong('unjustified-skip', 'a pause that never was', (s) => s.skipRow(5, 'paused')),
  legal('a pause that was', (s) =>
    s
      .op('pause', minute(5, -9000), minute(5, -8900))
      .op('resume', minute(5, 9000), minute(5, 9100))
      .skipRange(5, 5, 'paused', minute(5, 9000)),
  ),
  wrong('unjustified-skip', 'superseded without a change', (s) => s.skipRow(5, 'superseded')),
  legal('superseded by a change just before', (s) => {
    s.op('update', minute(5, -600), minute(5, -500), { definition: s.definition() });
    s.skipRow(5, 'superseded', minute(5, -550));
    s.revision = 2;
  }),
  wrong('unjustified-skip', 'coalesced although nothing was late', (s) =>
    s.skipRange(5, 5, 'coalesced', minute(5, 500)),
  ),
  legal('coalesced into the latest after an outage', (s) =>
    s
      .fault('store-down', 'store', minute(5, -5000), minute(7, 9000))
      .skipRange(5, 6, 'coalesced', minute(7, 9000))
      .run(7, { attempts: [goodAttempt(minute(7, 9010))] }),
  ),
  wrong(['unjustified-skip', 'accounting', 'missed'], 'coalesced into nothing', (s) =>
    s
      .fault('store-down', 'store', minute(5, -5000), minute(7, 9000))
      .skipRange(5, 6, 'coalesced', minute(7, 9000))
      .drop(7),
  ),
  wrong('late', 'coalesced after an outage that was not', (s) =>
    s.skipRange(5, 6, 'coalesced', minute(7, 9000)).run(7, { attempts: [goodAttempt(minute(7))] }),
  ),
  wrong('unjustified-skip', 'a limit that was not reached', (s) => {
    s.policies = { ...s.policies, overlap: { mode: 'queue-all', waitingMax: 3 } };
    s.skipRow(5, 'limit');
  }),
  legal('a queue that is full', (s) => {
    s.policies = { ...s.policies, overlap: { mode: 'queue-all', waitingMax: 1 } };
    s.run(3, { attempts: [goodAttempt(minute(3), { endAt: minute(5, 30_000) })] });
    s.run(4, { attempts: [goodAttempt(minute(5, 30_010))] });
    s.skipRow(5, 'limit');
  }),
  wrong('unjustified-skip', 'a reason that is none', (s) => s.skipRow(5, 'error')),
];

const fires: readonly StoryCase[] = [
  wrong(['doubled-fire', 'lost-result'], 'two runs for one instant', (s) => {
    s.policies = { ...s.policies, overlap: { mode: 'allow', waitingMax: 1 } };
    s.other({ fireAt: minute(5), runId: '1-again', row: null });
  }),
  wrong(['doubled-fire', 'accounting', 'extra'], 'a second run under a stamp of its own', (s) => {
    s.policies = { ...s.policies, overlap: { mode: 'allow', waitingMax: 1 } };
    s.other({ fireAt: minute(5, 1), runId: '1-other', attempts: [goodAttempt(minute(5, 1))] });
  }),
  wrong(['doubled-fire', 'extra'], 'starts run ahead of their instants', (s) => {
    s.policies = { ...s.policies, overlap: { mode: 'allow', waitingMax: 1 } };
    s.run(6, { attempts: [goodAttempt(minute(5, 100))] });
  }),
  legal('a manual run beside a scheduled one', (s) => {
    s.policies = { ...s.policies, overlap: { mode: 'allow', waitingMax: 1 } };
    s.op('trigger', minute(5, 100), minute(5, 200), { requestId: 'r1', runId: '1-m-r1' });
    s.other({ fireAt: minute(5, 150), runId: '1-m-r1', origin: 'manual' });
  }),
  wrong('doubled-fire', 'one request that makes two manual runs', (s) => {
    s.policies = { ...s.policies, overlap: { mode: 'allow', waitingMax: 1 } };
    s.op('trigger', minute(5, 100), minute(5, 200), { requestId: 'r1', runId: '1-m-r1' });
    s.other({ fireAt: minute(5, 150), runId: '1-m-r1', origin: 'manual' });
    s.other({ fireAt: minute(5, 160), runId: '1-m-r2', origin: 'manual' });
  }),
  wrong(['extra', 'accounting', 'doubled-fire'], 'a start that the trigger does not have', (s) =>
    s.other({ fireAt: minute(5, 30_000), runId: '1-odd' }),
  ),
  wrong(['extra', 'doubled-fire'], 'a start a second too early', (s) =>
    s.run(5, { attempts: [goodAttempt(minute(5), { startAt: minute(5, -1000) })] }),
  ),
  legal('a start at the very millisecond', (s) =>
    s.run(5, { attempts: [goodAttempt(minute(5), { startAt: minute(5) })] }),
  ),
  wrong('extra', 'a start before its jitter is over', (s) =>
    s.run(5, { attempts: [goodAttempt(minute(5))], row: { startAt: minute(5, 3000) } }),
  ),
  wrong(['extra', 'late'], 'a start beyond the grace with mode skip', (s) => {
    s.policies = { ...s.policies, misfire: { ...s.policies.misfire, mode: 'skip' } };
    s.run(5, { attempts: [goodAttempt(minute(5, 9000))] });
  }),
  wrong(['extra', 'accounting', 'doubled-fire'], 'a start in a pause', (s) =>
    s
      .op('pause', minute(5, -9000), minute(5, -8900))
      .op('resume', minute(6, 9000), minute(6, 9100))
      .skipRange(6, 6, 'paused', minute(6, 9000)),
  ),
  wrong('late', 'a start five seconds late for no reason', (s) =>
    s.run(5, { attempts: [goodAttempt(minute(5, 5000))] }),
  ),
  legal('a start five seconds late after an outage', (s) =>
    s
      .fault('store-down', 'store', minute(5, -1000), minute(5, 4000))
      .run(5, { attempts: [goodAttempt(minute(5, 5000))] }),
  ),
  wrong('late', 'a start later than an outage and the recovery explain', (s) => {
    s.fault('partition', 'a1', minute(5, -1000), minute(5, 1000));
    s.run(5, { attempts: [goodAttempt(minute(5, 30_000))] });
  }),
  legal('a start that waited for its predecessor', (s) => {
    s.policies = { ...s.policies, overlap: { mode: 'queue-all', waitingMax: 9 } };
    s.run(4, { attempts: [goodAttempt(minute(4), { endAt: minute(5, 20_000) })] });
    s.run(5, { attempts: [goodAttempt(minute(5, 20_010))] });
  }),
  wrong('late', 'a start long after its predecessor', (s) => {
    s.policies = { ...s.policies, overlap: { mode: 'queue-all', waitingMax: 9 } };
    s.run(4, { attempts: [goodAttempt(minute(4), { endAt: minute(5, 20_000) })] });
    s.run(5, { attempts: [goodAttempt(minute(5, 30_000))] });
  }),
  legal(
    'the store’s clock is set forward: the instants in between are late by its own doing',
    (s) => {
      s.fault('clock-forward', 'store', minute(5, 10_000), minute(5, 10_000));
      s.at(minute(5, 10_000), {
        src: 'clock',
        type: 'offset',
        node: 'store',
        offsetMs: 2 * MINUTE,
      });
      s.skipRange(6, 6, 'coalesced', minute(7, 10_050));
      s.run(7, { attempts: [goodAttempt(minute(5, 10_100))] });
      s.run(8, { attempts: [goodAttempt(minute(6))] });
      s.run(9, { attempts: [goodAttempt(minute(7))] });
      s.run(10, { attempts: [goodAttempt(minute(8))] });
      s.endAt = minute(9);
    },
  ),
];

const attempts: readonly StoryCase[] = [
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

const results: readonly StoryCase[] = [
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
  wrong('lost-result', 'a success whose answer was lost ends as an error', (s) =>
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

const retries: readonly StoryCase[] = [
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

export const storyCases: readonly StoryCase[] = [
  ...missed,
  ...skips,
  ...fires,
  ...attempts,
  ...results,
  ...retries,
];

import type { TriggerSpec } from '../../../tickwork/src/core/model/trigger-spec.ts';
import { goodAttempt, MINUTE, minute, type Story } from './story.ts';
import { legal, type StoryCase, table, wrong } from './story-case.ts';

/** Rows and counts are gone with the instant itself: both verdicts are right. */
const gone = ['missed', 'accounting'] as const;

/** A delay after the end of each run, and a grace so short that a late look is too late. */
function delayed(s: Story): void {
  s.trigger = { kind: 'fixed-delay', delayMs: 57_990 };
  s.policies = { ...s.policies, misfire: { ...s.policies.misfire, mode: 'skip', graceMs: 5 } };
}

/** So many instants in all, the third of them in the moment of a change. */
function counted(s: Story, f: 'pause' | 'disable', runsMax: number): void {
  s.trigger = { ...s.trigger, runsMax } as TriggerSpec;
  s.op(f, minute(3, -500), minute(3, -480));
  s.op('resume', minute(4, 20_000), minute(4, 20_020));
  if (f === 'disable') s.drop(3, 4);
  else s.skipRow(3, 'paused', minute(3, -490)).skipRange(4, 4, 'paused', minute(4, 20_000));
  s.drop(10);
  s.nextFireAt = null;
}

export const missed: readonly StoryCase[] = [
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
  ...table(
    'a row planned 11.7 s ahead, passed over by a deletion so many ms before its instant',
    [
      [12_700, 'legal'],
      [12_701, 'accounting'],
    ],
    (s, ms) => {
      s.limits = { ...s.limits, horizonMs: 10_000, reachMs: 11_700 };
      s.op('delete', minute(9, -ms - 10), minute(9, -ms)).skipRow(9, 'superseded', minute(9, -ms));
      s.drop(10).dumpJob = false;
    },
  ),
  ...table<number | null>(
    'the last of nine instants, one of which was counted as the job was paused, and gone is',
    [
      [null, 'legal'],
      [9, 'missed'],
    ],
    (s, k) => {
      counted(s, 'pause', 9);
      if (k !== null) s.drop(k);
    },
  ),
  wrong(['missed', 'lost-result', 'accounting'], 'a deleted job goes on', (s) => {
    s.op('delete', minute(9, 10_000), minute(9, 10_100)).drop(8, 10);
  }),
];

export const skips: readonly StoryCase[] = [
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
  ...table<['pause' | 'disable', runsMax: number, from: number]>(
    'an outage to minute 9, a cap of three, and the limit of instants, one of them in doubt',
    [
      // Counted once, it leaves four to the outage for certain, or three and one in doubt.
      [['pause', 9, 6], 'legal'],
      [['disable', 7, 6], 'legal'],
      [['pause', 9, 7], 'unjustified-skip'],
      [['disable', 7, 7], 'unjustified-skip'],
    ],
    (s, [f, runsMax, from]) => {
      counted(s, f, runsMax);
      const overlap = { mode: 'allow', waitingMax: 1 } as const;
      const misfire = { ...s.policies.misfire, mode: 'fire-all', runsMax: 3 } as const;
      s.policies = { ...s.policies, overlap, misfire };
      s.fault('store-down', 'store', minute(from, -5000), minute(9, 9000));
      s.skipRange(from, from, 'limit', minute(9, 9005));
      for (let k = from + 1; k <= 9; k++) s.run(k, { attempts: [goodAttempt(minute(9, 9010))] });
    },
  ),
  wrong('unjustified-skip', 'a reason that is none', (s) => s.skipRow(5, 'error')),
  ...table(
    'a delay of 57.99 s, whose instant was passed over so many ms late',
    [
      [10, 'legal'],
      [1000, 'legal'],
      [9, 'missed'],
      [2011, ['extra', 'late']],
    ],
    (s, ms) => {
      delayed(s);
      s.skipRange(5, 5, 'misfire', minute(5, ms));
    },
  ),
  ...table(
    'a delay whose instant was passed over, and then so many of the last are gone',
    [
      [1, 'legal'],
      [2, 'missed'],
      [5, 'missed'],
    ],
    (s, count) => {
      delayed(s);
      s.skipRange(10 - count, 10 - count, 'misfire', minute(10 - count, 1000));
      for (let k = 11 - count; k <= 10; k++) s.drop(k);
    },
  ),
  ...table(
    'a delay passed over before a pause, its range lengthened to this minute after it',
    [
      [8, 'legal'],
      [4, 'missed'],
    ],
    (s, to) => {
      delayed(s);
      s.op('pause', minute(7, -3000), minute(7, -2900));
      s.op('resume', minute(8, -9000), minute(8, -8900));
      s.drop(5, 6, 7, 8);
      s.skipRange(4, to, 'misfire', minute(to, 1000), 2);
    },
  ),
];

export const fires: readonly StoryCase[] = [
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
  legal('a start after its predecessor was cancelled before its next attempt', (s) => {
    s.policies = { ...s.policies, overlap: { mode: 'queue-all', waitingMax: 9 } };
    s.op('cancel', minute(5, 19_800), minute(5, 19_900), { runId: `1-${minute(4).toString(36)}` });
    const first = goodAttempt(minute(4), { endAt: minute(4, 5000), outcome: 'failed' });
    const row = { state: 'CANCELLED', reason: 'request', endedAt: minute(5, 19_900) } as const;
    s.run(4, { attempts: [first], row });
    s.run(5, { attempts: [goodAttempt(minute(5, 20_000))] });
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

/** What other processes have written, and a node sees when it next looks. */
export const unseen: readonly StoryCase[] = [
  ...table<[cancelled: 'waiting' | 'running', ms: number]>(
    'a start so many ms after a client cancelled its predecessor, which was',
    [
      [['waiting', 10], 'legal'],
      [['waiting', 3500], 'legal'],
      [['waiting', 3501], 'late'],
      [['running', 1005], 'legal'],
      [['running', 1006], 'late'],
    ],
    (s, [cancelled, ms]) => {
      s.policies = { ...s.policies, overlap: { mode: 'queue-all', waitingMax: 9 } };
      // Who looks every 2.5 s for what can be claimed, and every 5 s for what others wrote.
      s.limits = { ...s.limits, tickMs: 5000, horizonMs: 5000 };
      const runId = `1-${minute(4).toString(36)}`;
      const endAt = minute(5, 20_000);
      const row = { state: 'CANCELLED', reason: 'request', endedAt: endAt } as const;
      const waits = cancelled === 'waiting';
      const outcome = waits ? 'cancelled' : 'requested';
      s.op('cancel', endAt - 100, endAt + 100, { runId, outcome });
      const commit = { state: 'CANCELLED', accepted: true, t: endAt + 5 } as const;
      const failed = goodAttempt(minute(4), { outcome: 'failed' });
      const stopped = goodAttempt(minute(4), { endAt, outcome: 'aborted', commit });
      s.run(4, { attempts: [waits ? failed : stopped], row });
      s.run(5, { attempts: [goodAttempt(minute(5), { startAt: endAt + ms })] });
    },
  ),
  ...(['started', 'skipped as a misfire'] as const).flatMap((what) =>
    table<[changedMs: number, ms: number]>(
      `a tick of 10 s: a change so many ms before an instant that is ${what} so many ms after it`,
      [
        [[4000, 7000], 'legal'],
        [[4000, 7001], 'late'],
        [[9000, 2000], 'legal'],
        [[9000, 2001], 'late'],
        [[11_000, 1000], 'legal'],
        [[11_000, 1001], 'late'],
      ],
      (s, [changedMs, ms]) => {
        s.limits = { ...s.limits, tickMs: 10_000 };
        s.op('pause', minute(4, 20_000), minute(4, 20_100));
        s.op('resume', minute(5, -changedMs - 100), minute(5, -changedMs));
        if (what === 'started') {
          s.run(5, { attempts: [goodAttempt(minute(5), { startAt: minute(5, ms) })] });
        } else {
          const misfire = { ...s.policies.misfire, mode: 'skip', graceMs: 500 } as const;
          s.policies = { ...s.policies, misfire };
          s.skipRow(5, 'misfire', minute(5, 500 + ms));
        }
      },
    ),
  ),
];

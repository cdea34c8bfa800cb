import { goodAttempt, MINUTE, minute } from './story.ts';
import { type StoryCase, table } from './story-case.ts';

type Write = readonly [atMs: number, accepted: boolean];

const fourth = `1-${minute(4).toString(36)}`;

/** What was decided, and written later. */
export const skipsWritten: readonly StoryCase[] = [
  ...table<readonly Write[]>(
    'a skip for overlap 10 ms after the instant, and one skipped as too late 20 s before: written',
    [
      [[[10, true]], 'legal'],
      [[[40_000, true]], 'legal'],
      [[[9, true]], 'unjustified-skip'],
      [[[10, false]], 'unjustified-skip'],
      // Repeated because its answer was lost: the first one made it so.
      [
        [
          [9, true],
          [5000, true],
        ],
        'unjustified-skip',
      ],
    ],
    (s, writes) => {
      s.policies = { ...s.policies, startWithinMs: 5000 };
      s.skipRow(4, 'too-late', minute(4, MINUTE - 20_000));
      for (const [ms, accepted] of writes) {
        const write = { inc: 'b1', runId: fourth, token: 0, state: 'SKIPPED', accepted } as const;
        s.at(minute(5, ms), { src: 'sut', type: 'commit', what: 'settlement', ...write });
      }
      s.skipRow(5, 'overlap', minute(5, 10));
    },
  ),
];

const fifth = `1-${minute(5).toString(36)}`;

/** Successes that were refused, and whose next attempt waits for room when the watch ends. */
export const successesRefused: readonly StoryCase[] = [
  ...table<
    readonly [
      by: string,
      token: number,
      state: 'RETRY' | 'FAILED',
      accepted: boolean,
      reason: 'rate' | 'concurrency' | 'error',
    ]
  >(
    'a late success of a1, refused; before, somebody wrote, and the run is RETRY since',
    [
      [['m2-recovery', 1, 'RETRY', true, 'rate'], 'legal'],
      [['m2-recovery', 1, 'RETRY', true, 'concurrency'], 'legal'],
      // Its own node had no reason to give it up: it saw the success.
      [['a1', 1, 'RETRY', true, 'rate'], 'lost-result'],
      [['a1', 1, 'RETRY', true, 'concurrency'], 'lost-result'],
      [['m2-recovery', 1, 'RETRY', false, 'rate'], 'lost-result'],
      [
        ['m2-recovery', 0, 'RETRY', true, 'rate'],
        ['lost-result', 'stale-effect'],
      ],
      [['m2-recovery', 1, 'FAILED', true, 'rate'], 'lost-result'],
      [['m2-recovery', 1, 'RETRY', true, 'error'], 'lost-result'],
    ],
    (s, [inc, token, state, accepted, reason]) => {
      s.fault('pause', 'a1', minute(5, 500), minute(5, 30_000));
      const said = { inc, runId: fifth, token, state, accepted } as const;
      s.at(minute(5, 18_000), { src: 'sut', type: 'commit', what: 'completion', ...said });
      const commit = { state: 'SUCCESS', accepted: false, t: minute(5, 31_005) } as const;
      s.run(5, {
        attempts: [goodAttempt(minute(5), { endAt: minute(5, 31_000), commit })],
        row: { state: 'RETRY', reason, dueAt: minute(20), endedAt: null },
      });
    },
  ),
];

import { MINUTE, minute } from './story.ts';
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

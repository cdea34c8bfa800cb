import { goodAttempt, MINUTE, minute, type Story } from './story.ts';
import { type StoryCase, table } from './story-case.ts';

const setBackAt = (s: Story, at: number, byMs = 30_000): void => {
  s.fault('clock-back', 'store', at, at);
  s.at(at, { src: 'clock', type: 'offset', node: 'store', offsetMs: -byMs });
};

/** A clock that is set back under the feet of nodes that have just read it. */
export const setBack: readonly StoryCase[] = [
  ...table(
    'a start at its instant by a clock that was set back by 30 s so many ms before',
    [
      [3000, 'legal'],
      [20_000, 'doubled-fire'],
      [40_000, ['extra', 'doubled-fire']],
    ],
    (s, ms) => {
      s.drop(6, 7, 8, 9, 10);
      s.endAt = minute(5, 50_000);
      s.nextFireAt = minute(6);
      setBackAt(s, minute(5, -ms));
    },
  ),
  ...table<[stillMs: number, isCutOff: boolean]>(
    'a start at its instant by a clock that stood still for 5 s until so many ms before',
    [
      [[5990, false], 'legal'],
      [
        [5991, false],
        ['extra', 'doubled-fire'],
      ],
      // Its node could not read the clock, and goes on as long as its lease lasts.
      [[5991, true], 'legal'],
      [[14_990, true], 'legal'],
      [
        [14_991, true],
        ['extra', 'doubled-fire'],
      ],
    ],
    (s, [stillMs, isCutOff]) => {
      s.drop(6, 7, 8, 9, 10);
      s.endAt = minute(5, 50_000);
      s.nextFireAt = minute(6);
      // The instant, by a clock that is 5 s behind, is seen 5 s early.
      setBackAt(s, minute(5, -stillMs - 5000), 5000);
      if (isCutOff) s.fault('ack-lost', 'a', minute(5, -22_000), minute(5, -1000));
    },
  ),
  ...table<[clockMs: number, startMs: number]>(
    'the clock set back by 30 s, and a start, so many ms from the next window of a rate',
    [
      [[-5990, 10], 'legal'],
      // It began in the window in which its instant lies, and had no reason to be late.
      [[-5990, -10], 'late'],
      // All have seen by then that the next window has not come.
      [[-5991, 10], 'late'],
    ],
    (s, [clockMs, startMs]) => {
      s.policies = { ...s.policies, rate: { max: 1, perMs: MINUTE, key: null } };
      s.grantsTellTheClock = true;
      s.drop(6, 7, 8, 9, 10);
      s.endAt = minute(6, 25_000);
      s.nextFireAt = minute(6);
      s.run(5, { attempts: [goodAttempt(minute(5), { startAt: minute(6, startMs) })] });
      setBackAt(s, minute(6, clockMs));
    },
  ),
];

import { goodAttempt, MINUTE, minute, type Story } from './story.ts';
import { type StoryCase, table } from './story-case.ts';

const setBackAt = (s: Story, at: number): void => {
  s.fault('clock-back', 'store', at, at);
  s.at(at, { src: 'clock', type: 'offset', node: 'store', offsetMs: -30_000 });
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

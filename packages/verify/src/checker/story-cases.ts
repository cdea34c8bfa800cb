import type { StoryCase } from './story-case.ts';
import { attempts, results, retries } from './story-cases-attempts.ts';
import { bounds, endings, policies } from './story-cases-bounds.ts';
import { causedWhileOff } from './story-cases-caused.ts';
import { setBack } from './story-cases-clock.ts';
import { underWay } from './story-cases-end.ts';
import { fires, missed, skips, unseen } from './story-cases-instants.ts';
import { conditions, failures, limits, madeUp } from './story-cases-limits.ts';
import { deaths, fences, sequences, switches } from './story-cases-steps.ts';
import { skipsWritten, successesRefused } from './story-cases-writes.ts';

/** Every hand-made history. */
export const storyCases: readonly StoryCase[] = [
  ...missed,
  ...skips,
  ...fires,
  ...unseen,
  ...attempts,
  ...results,
  ...retries,
  ...bounds,
  ...policies,
  ...causedWhileOff,
  ...endings,
  ...sequences,
  ...switches,
  ...deaths,
  ...fences,
  ...limits,
  ...conditions,
  ...failures,
  ...madeUp,
  ...setBack,
  ...underWay,
  ...skipsWritten,
  ...successesRefused,
];

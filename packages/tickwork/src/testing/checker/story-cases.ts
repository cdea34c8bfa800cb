import type { StoryCase } from './story-case.ts';
import { attempts, results, retries } from './story-cases-attempts.ts';
import { fires, missed, skips } from './story-cases-instants.ts';

/** Every hand-made history. */
export const storyCases: readonly StoryCase[] = [
  ...missed,
  ...skips,
  ...fires,
  ...attempts,
  ...results,
  ...retries,
];

import type { Story } from './story.ts';
import type { VerdictName } from './violation.ts';

/** A history told by its difference from a quiet one, and what the checker must say of it. */
export interface StoryCase {
  readonly name: string;
  readonly expected: 'legal' | VerdictName | readonly VerdictName[];
  readonly story: (story: Story) => void;
}

export const legal = (name: string, story: StoryCase['story']): StoryCase => ({
  name,
  expected: 'legal',
  story,
});

export const wrong = (
  expected: Exclude<StoryCase['expected'], 'legal'>,
  name: string,
  story: StoryCase['story'],
): StoryCase => ({ name, expected, story });

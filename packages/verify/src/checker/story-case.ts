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

/**
 * One story told with several values: each row is a value and what the checker must say of
 * it, so that the last legal value stands beside the first wrong one.
 */
export function table<Value>(
  name: string,
  rows: readonly (readonly [value: Value, expected: StoryCase['expected']])[],
  story: (story: Story, value: Value) => void,
): StoryCase[] {
  return rows.map(([value, expected]) => ({
    name: `${name}: ${JSON.stringify(value)}`,
    expected,
    story: (built) => story(built, value),
  }));
}

import { describe, expect, it } from 'vitest';
import { DAY_MS } from './civil.ts';
import { boundedClock } from './kept-clock.ts';

const NOW = Date.UTC(2026, 11, 1);

describe('boundedClock', () => {
  it.each([
    ['the process is ahead', NOW - 1, NOW],
    ['both agree', NOW, NOW],
    ['it was set back by a moment', NOW + 1, NOW + 1],
    ['it was set back by two days', NOW + 2 * DAY_MS, NOW + 2 * DAY_MS],
    ['the lead is the largest', NOW + 7 * DAY_MS, NOW + 7 * DAY_MS],
    ['the lead is larger', NOW + 7 * DAY_MS + 1, NOW],
    ['a wrong date was kept', Date.UTC(2040, 0, 1), NOW],
  ])('%s', (_, keptAt, expected) => {
    expect(boundedClock(NOW, keptAt)).toBe(expected);
  });
});

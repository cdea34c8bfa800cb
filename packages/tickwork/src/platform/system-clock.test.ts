import { describe, expect, it } from 'vitest';
import { INSTANT_END } from '../core/time/instant.ts';
import { systemClock } from './system-clock.ts';

describe('systemClock', () => {
  it('gives whole milliseconds since 1970', () => {
    const before = Date.now();
    const now = systemClock.now();
    expect(Number.isInteger(now)).toBe(true);
    expect(now).toBeGreaterThanOrEqual(before);
    expect(now).toBeLessThan(INSTANT_END);
  });

  it('never steps backwards in its monotonic reading', () => {
    let last = systemClock.mono();
    for (let i = 0; i < 10_000; i++) {
      const next = systemClock.mono();
      expect(next >= last).toBe(true);
      last = next;
    }
  });
});

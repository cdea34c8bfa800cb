import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { systemTimers } from './system-timers.ts';

describe('systemTimers', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it.each([
    [1, 1],
    [1.2, 2],
    [250, 250],
    [30_000, 30_000],
    [30_001, 30_000],
    [86_400_000, 30_000],
    [Number.POSITIVE_INFINITY, 30_000],
  ])('fires a delay of %d ms after %d ms and not before', (delayMs, expected) => {
    const callback = vi.fn();
    systemTimers.after(delayMs, callback);
    vi.advanceTimersByTime(expected - 1);
    expect(callback).not.toHaveBeenCalled();
    vi.advanceTimersByTime(1);
    expect(callback).toHaveBeenCalledTimes(1);
    vi.advanceTimersByTime(120_000);
    expect(callback).toHaveBeenCalledTimes(1);
  });

  it.each([[0], [-5], [Number.NaN], [Number.NEGATIVE_INFINITY]])(
    'fires a delay of %d as the next macrotask, never inside the call',
    (delayMs) => {
      const callback = vi.fn();
      systemTimers.after(delayMs, callback);
      expect(callback).not.toHaveBeenCalled();
      vi.advanceTimersByTime(0);
      expect(callback).toHaveBeenCalledTimes(1);
    },
  );

  it.each([[0], [100]])(
    'forgets a cancelled timer of %d ms, also twice and after it fired',
    (ms) => {
      const cancelled = vi.fn();
      const handle = systemTimers.after(ms, cancelled);
      handle.cancel();
      handle.cancel();
      const fired = vi.fn();
      const other = systemTimers.after(ms, fired);
      vi.advanceTimersByTime(1000);
      other.cancel();
      expect(cancelled).not.toHaveBeenCalled();
      expect(fired).toHaveBeenCalledTimes(1);
    },
  );

  it('keeps the process alive', () => {
    vi.useRealTimers();
    const before = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    const handle = systemTimers.after(30_000, () => {});
    const during = process.getActiveResourcesInfo().filter((name) => name === 'Timeout').length;
    handle.cancel();
    expect(during).toBe(before + 1);
  });
});

import { describe, expect, it } from 'vitest';
import { pathOf, readChoice, readDuration, readFields, readNumber } from './read-fields.ts';

const fields = (values: Record<string, unknown>, path = 'a') => ({ path, values });

describe('reading fields', () => {
  it.each([null, 5, 'x', [], new Date(0), undefined])('refuses %j for an object', (value) => {
    expect(() => readFields(value, 'a', ['x'])).toThrow('a: ');
  });

  it('refuses unknown keys and suggests the nearest', () => {
    expect(() => readFields({ dely: 1 }, 'a.retry', ['delay'])).toThrow(
      expect.objectContaining({ field: 'a.retry.dely', remedy: 'Did you mean `delay`?' }),
    );
    expect(readFields({ delay: 1, dely: undefined }, 'a', ['delay']).path).toBe('a');
  });

  it('takes the fallback for what is absent', () => {
    expect(readChoice(fields({}), 'k', ['x', 'y'], 'y')).toBe('y');
    expect(readNumber(fields({}), 'k', { min: 5, max: 6 }, 1)).toBe(1);
    expect(readDuration(fields({}), 'k', 77)).toBe(77);
  });

  it.each([
    ['0', 0.5],
    ['1', Number.POSITIVE_INFINITY],
    ['2', '3'],
    ['3', -1],
    ['4', 11],
  ])('refuses the number %s: %j', (_, value) => {
    const read = () => readNumber(fields({ k: value }), 'k', { min: 0, max: 10 }, 1);
    expect(read).toThrow('must be a whole number from 0 to 10.');
  });

  it('takes fractions where they make sense', () => {
    const bounds = { min: 0, max: 1, fraction: true };
    expect(readNumber(fields({ k: 0.5 }), 'k', bounds, 0)).toBe(0.5);
    expect(() => readNumber(fields({ k: 1.1 }), 'k', bounds, 0)).toThrow('a number from 0 to 1.');
  });

  it('names a field at the top without a dot', () => {
    expect(pathOf(fields({}, ''), 'k')).toBe('k');
    expect(pathOf(fields({}), 'k')).toBe('a.k');
  });

  it('reads milliseconds without a unit, and refuses less than the least', () => {
    expect(readDuration(fields({ k: 250 }), 'k', 0)).toBe(250);
    expect(readDuration(fields({ k: '1h30m' }), 'k', 0)).toBe(5_400_000);
    expect(() => readDuration(fields({ k: 0 }), 'k', 5, 1)).toThrow();
    expect(() => readDuration(fields({ k: null }), 'k', 5)).toThrow('must be a duration.');
  });
});

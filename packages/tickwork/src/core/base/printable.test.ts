import { describe, expect, it } from 'vitest';
import { printable } from './printable.ts';

describe('printable', () => {
  it.each([
    ['\u001b]0;owned\u0007', '\\u001b]0;owned\\u0007'],
    ['\u001b[2J\u009b2J\u007f', '\\u001b[2J\\u009b2J\\u007f'],
    ['a\r\nb\tc', 'a\\u000d\\nb\\tc'],
    ['a\u2028b\u2029c\u0085d', 'a\\u2028b\\u2029c\\u0085d'],
    ['\u202ecod.exe \u2066x\u2069 \u200f\u061c', '\\u202ecod.exe \\u2066x\\u2069 \\u200f\\u061c'],
    ['\ud800x', '\\ud800x'],
    ['每日 ✓ 🎉 नमस्ते é', '每日 ✓ 🎉 नमस्ते é'],
    ['👩‍💻', '👩‍💻'],
  ])('makes %j a safe line', (text, expected) => {
    expect(printable(text)).toBe(expected);
    expect(printable(expected)).toBe(expected);
  });

  it('keeps the meaning of JSON', () => {
    const value = { 'k\u202e': ['a\u001b\u009b\u2028"\\', '\ud800', '🎉'] };
    const text = printable(JSON.stringify(value));
    expect(JSON.parse(text)).toEqual(value);
    expect(text).not.toMatch(/[\p{Cc}\p{Bidi_C}]/u);
  });
});

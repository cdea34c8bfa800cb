import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLastLine } from './last-line.ts';

function lastOf(pieces: readonly string[], charactersMax = 100) {
  const line = createLastLine(charactersMax);
  for (const piece of pieces) line.push(piece);
  return [line.text(), line.isCut()];
}

describe('createLastLine', () => {
  it.each([
    [[], ''],
    [['a'], 'a'],
    [['a\n'], 'a'],
    [['a\nb'], 'b'],
    [['a\nb\n\n \n'], 'b'],
    [['a', 'b', '\n', '\n'], 'ab'],
    [['a\nb\n', '  '], 'b'],
    [['a\nb', 'c\n\nd', '\n'], 'd'],
    [['\n\n'], ''],
  ])('of %j is %j', (pieces, expected) => {
    expect(lastOf(pieces)).toEqual([expected, false]);
  });

  it('keeps the beginning of a line that is too long', () => {
    expect(lastOf(['12345'], 5)).toEqual(['12345', false]);
    expect(lastOf(['123', '456', '789\n'], 5)).toEqual(['12345', true]);
    expect(lastOf(['123456789\nx'], 5)).toEqual(['x', false]);
  });

  it('agrees with splitting the whole text, however it is cut', () => {
    const piece = fc.string({ unit: fc.constantFrom('a', 'b', ' ', '\n'), maxLength: 8 });
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 12 }), (pieces) => {
        const lines = pieces.join('').split('\n');
        const expected = lines.findLast((line) => line.trim() !== '') ?? '';
        expect(lastOf(pieces)).toEqual([expected, false]);
      }),
    );
  });
});

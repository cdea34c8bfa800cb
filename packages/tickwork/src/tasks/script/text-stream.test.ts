import { describe, expect, it } from 'vitest';
import { createTextStream } from './text-stream.ts';

function read(pieces: readonly Uint8Array[]): string {
  const stream = createTextStream();
  return pieces.map((piece) => stream.push(piece)).join('') + stream.end();
}

const bytes = (text: string) => new TextEncoder().encode(text);

const cases: readonly [string, Uint8Array, string][] = [
  ['nothing', bytes(''), ''],
  ['lines', bytes('a\nb\n'), 'a\nb\n'],
  ['CR LF', bytes('a\r\nb\r\n'), 'a\nb\n'],
  ['a progress bar', bytes('1%\r50%\r100%\n'), '1%\n50%\n100%\n'],
  ['CR before CR LF', bytes('a\r\r\nb'), 'a\n\nb'],
  ['a CR at the end', bytes('a\r'), 'a\n'],
  ['LF CR', bytes('a\n\rb'), 'a\n\nb'],
  ['many bytes a character', bytes('é每😀'), 'é每😀'],
  ['a byte order mark', bytes('\ufeffx'), '\ufeffx'],
  ['escape sequences', bytes('\u001b[31mred\u001b[0m'), '\u001b[31mred\u001b[0m'],
  ['NUL', bytes('a\0b'), 'a\ufffdb'],
  ['Latin-1', Uint8Array.of(0x63, 0x61, 0x66, 0xe9, 0x0a), 'caf\ufffd\n'],
  ['GBK', Uint8Array.of(0xc4, 0xe3), '\ufffd\ufffd'],
  ['an unfinished character', Uint8Array.of(0x61, 0xe6, 0xaf), 'a\ufffd'],
  ['a half pair', Uint8Array.of(0xed, 0xa0, 0x80), '\ufffd\ufffd\ufffd'],
];

describe('createTextStream', () => {
  it.each(cases)('reads %s at once', (_name, input, expected) => {
    expect(read([input])).toBe(expected);
  });

  it.each(cases)('reads %s byte by byte', (_name, input, expected) => {
    expect(read(Array.from(input, (byte) => Uint8Array.of(byte)))).toBe(expected);
  });

  it.each(cases)('reads %s cut at any place', (_name, input, expected) => {
    for (let at = 0; at <= input.length; at++) {
      expect(read([input.subarray(0, at), input.subarray(at)])).toBe(expected);
    }
  });
});

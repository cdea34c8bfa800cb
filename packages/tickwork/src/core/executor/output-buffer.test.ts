import { describe, expect, it } from 'vitest';
import { OUTPUT_CHARACTERS_HEAD, OUTPUT_CHARACTERS_TAIL, OutputBuffer } from './output-buffer.ts';

const text = (chunks: readonly { readonly text: string }[]): string =>
  chunks.map((chunk) => chunk.text).join('');

describe('OutputBuffer', () => {
  it('joins small pieces of one stream while they wait', () => {
    const buffer = new OutputBuffer(3);
    buffer.add(10, 'stdout', 'a');
    buffer.add(11, 'stdout', 'b');
    buffer.add(12, 'stderr', 'c');
    buffer.add(13, 'stdout', 'd');
    expect(buffer.take()).toEqual([
      { attempt: 3, seq: 0, at: 10, stream: 'stdout', text: 'ab' },
      { attempt: 3, seq: 1, at: 12, stream: 'stderr', text: 'c' },
      { attempt: 3, seq: 2, at: 13, stream: 'stdout', text: 'd' },
    ]);
    buffer.add(14, 'stdout', 'e');
    expect(buffer.take()).toMatchObject([{ seq: 3, text: 'e' }]);
    expect(buffer.take()).toEqual([]);
  });

  it('joins no large ones, and cuts very large ones', () => {
    const buffer = new OutputBuffer(1);
    buffer.add(0, 'stdout', 'x'.repeat(4_000));
    buffer.add(0, 'stdout', 'y'.repeat(200));
    buffer.add(0, 'stdout', 'z'.repeat(150_000));
    expect(buffer.take().map((chunk) => chunk.text.length)).toEqual([
      4_000, 200, 65_536, 65_536, 18_928,
    ]);
  });

  it('never cuts a character in two', () => {
    const buffer = new OutputBuffer(1);
    const odd = `x${'😀'.repeat(100_000)}`;
    buffer.add(0, 'stdout', odd);
    const chunks = buffer.take();
    expect(chunks.every((chunk) => chunk.text.isWellFormed())).toBe(true);
    expect(text(chunks)).toBe(odd);
  });

  it('keeps everything up to head and tail', () => {
    const buffer = new OutputBuffer(1);
    const line = `${'l'.repeat(1_023)}\n`;
    const lines = (OUTPUT_CHARACTERS_HEAD + OUTPUT_CHARACTERS_TAIL) / 1_024;
    for (let i = 0; i < lines; i++) buffer.add(i, 'stdout', line);
    expect(text(buffer.finish(0))).toBe(line.repeat(lines));
  });

  it('keeps the beginning and the end of more, and says how much is left out', () => {
    const buffer = new OutputBuffer(1);
    const lineOf = (i: number): string => `${String(i).padStart(1_023, '.')}\n`;
    const taken: { readonly text: string; readonly seq: number }[] = [];
    for (let i = 0; i < 5_000; i++) {
      buffer.add(i, 'stdout', lineOf(i));
      if (i % 100 === 0) taken.push(...buffer.take());
    }
    taken.push(...buffer.finish(9));
    const all = text(taken);
    const found = /\[tickwork: (\d+) characters of output left out here\]\n/.exec(all);
    const left = Number(found?.[1]);
    expect(left + all.length - (found?.[0].length ?? 0)).toBe(5_000 * 1_024);
    expect(all.startsWith(lineOf(0) + lineOf(1))).toBe(true);
    expect(all.endsWith(lineOf(4_998) + lineOf(4_999))).toBe(true);
    expect(all.length).toBeLessThan(OUTPUT_CHARACTERS_HEAD + OUTPUT_CHARACTERS_TAIL + 100);
    expect(taken.map(({ seq }) => seq)).toEqual(taken.map((_, i) => i));
  });

  it('keeps nothing of the head back once the tail has begun', () => {
    const buffer = new OutputBuffer(1);
    buffer.add(0, 'stdout', 'a'.repeat(OUTPUT_CHARACTERS_HEAD));
    buffer.add(0, 'stderr', 'b');
    expect(text(buffer.take())).toHaveLength(OUTPUT_CHARACTERS_HEAD);
    expect(text(buffer.finish(0))).toBe('b');
  });
});

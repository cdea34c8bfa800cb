import { describe, expect, it } from 'vitest';
import { ProcessStream } from './process-stream.ts';
import type { Trouble } from './sink.ts';

function open(isTTY = false) {
  const lines: string[] = [];
  let fail = (_error: NodeJS.ErrnoException): void => {};
  const host = {
    isTTY,
    writableLength: 0,
    write: (text: string) => lines.push(text),
    on: (_event: 'error', listener: typeof fail) => {
      fail = listener;
    },
  };
  const stream = new ProcessStream(host);
  const troubles: Trouble[] = [];
  stream.onTrouble((trouble) => troubles.push(trouble));
  const break_ = (code: string): void => fail(Object.assign(new Error(code), { code }));
  return { stream, host, lines, troubles, break: break_ };
}

describe('a stream of the process', () => {
  it.each([
    ['EPIPE', false, 'pipe closed'],
    ['EIO', true, 'terminal closed'],
  ] as const)('is gone after %s, told once; later text is dropped', (code, isTTY, trouble) => {
    const opened = open(isTTY);
    opened.stream.write('a\n');
    opened.break(code);
    opened.break(code);
    opened.stream.write('b\n');
    expect(opened.lines).toEqual(['a\n']);
    expect(opened.troubles).toEqual([trouble]);
    expect(opened.stream.gone.aborted).toBe(true);
    expect(opened.stream.failure).toBeNull();
  });

  it.each(['ENOSPC', 'EIO'])('of a file is tried again after %s, and the code is kept', (code) => {
    const opened = open();
    opened.break(code);
    opened.break(code);
    opened.stream.write('b\n');
    expect(opened.lines).toEqual(['b\n']);
    expect(opened.troubles).toEqual(['write failed']);
    expect(opened.stream.gone.aborted).toBe(false);
    expect(opened.stream.failure).toBe(code);
  });

  it('loses nothing to a slow reader unless loss is allowed', () => {
    const { stream, host, lines } = open();
    host.writableLength = 2 ** 30;
    stream.write('a\n');
    expect(lines).toEqual(['a\n']);
    stream.allowLoss();
    stream.write('b\n');
    stream.write('c\n');
    host.writableLength = 0;
    stream.write('d\n');
    expect(lines).toEqual([
      'a\n',
      'tickwork: dropped 2 lines because their reader is slow\n',
      'd\n',
    ]);
  });

  it('is flushed at once where nothing waits, or nobody is left to wait for', async () => {
    const { stream, host, break: fail } = open();
    stream.allowLoss();
    expect(await stream.flush()).toBe(true);
    host.writableLength = 1;
    fail('EPIPE');
    expect(await stream.flush()).toBe(true);
  });
});

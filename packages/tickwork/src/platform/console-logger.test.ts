import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { type ConsoleLoggerOptions, createConsoleLogger } from './console-logger.ts';

const AT = Date.UTC(2026, 0, 1, 12, 0, 0, 7);

function logTo(options: ConsoleLoggerOptions) {
  const lines: string[] = [];
  const stream = {
    writableLength: 0,
    write: (text: string) => lines.push(text),
    on: () => {},
  };
  const logger = createConsoleLogger({ stream, now: () => AT, ...options });
  return { logger, lines, stream };
}

describe('createConsoleLogger', () => {
  it('writes readable lines', () => {
    const { logger, lines } = logTo({});
    logger.log('info', 'started', { node: 'n1', jobs: 3 });
    logger.log('error', 'failed', { why: 'no "disk"', list: [1, null] });
    expect(lines).toEqual([
      '2026-01-01T12:00:00.007Z INFO  started node=n1 jobs=3\n',
      '2026-01-01T12:00:00.007Z ERROR failed why="no \\"disk\\"" list=[1,null]\n',
    ]);
  });

  it('writes JSON lines whose own keys win', () => {
    const { logger, lines } = logTo({ format: 'json' });
    logger.log('warn', 'late\nby far', { lateMs: 12, level: 'forged', time: 'x' });
    expect(lines).toHaveLength(1);
    expect(JSON.parse(lines[0] ?? '')).toEqual({
      time: '2026-01-01T12:00:00.007Z',
      level: 'warn',
      msg: 'late\nby far',
      lateMs: 12,
    });
  });

  it('writes lines as Python does, in local time', () => {
    const { logger, lines } = logTo({ format: 'python', name: 'jobs' });
    const local = new Date(AT);
    const time = `${local.toLocaleDateString('sv-SE')} ${local.toLocaleTimeString('sv-SE')}`;
    logger.log('warn', 'late');
    logger.log('info', 'ran');
    expect(lines).toEqual([`${time} - jobs - WARNING - late\n`, `${time} - jobs - INFO - ran\n`]);
  });

  it.each([
    ['debug', ['debug', 'info', 'warn', 'error']],
    ['info', ['info', 'warn', 'error']],
    ['warn', ['warn', 'error']],
    ['error', ['error']],
  ] as const)('writes from the level %s on', (level, expected) => {
    const { logger, lines } = logTo({ level, format: 'json' });
    for (const each of ['debug', 'info', 'warn', 'error'] as const) logger.log(each, 'x');
    expect(lines.map((line) => JSON.parse(line).level)).toEqual(expected);
  });

  it.each([
    ['a\nb', 'a\\nb'],
    ['a\r\nb', 'a\\u000d\\nb'],
    ['a\tb', 'a\\tb'],
    ['\u001b[2Jx', '\\u001b[2Jx'],
    ['\u009b2J', '\\u009b2J'],
    ['a\u2028b', 'a\\u2028b'],
    ['\u0000', '\\u0000'],
    ['每日 ✓', '每日 ✓'],
  ])('keeps the message %j on one line without controls', (message, expected) => {
    const { logger, lines } = logTo({});
    logger.log('info', message);
    expect(lines).toEqual([`2026-01-01T12:00:00.007Z INFO  ${expected}\n`]);
  });

  it('escapes controls in the names and values of fields too', () => {
    const { logger, lines } = logTo({});
    logger.log('info', 'x', { 'a\nb': 'c\u001b' });
    expect(lines[0]).toBe('2026-01-01T12:00:00.007Z INFO  x a\\nb=c\\u001b\n');
  });

  it('drops lines while their reader is slow and counts them afterwards', () => {
    const { logger, lines, stream } = logTo({ format: 'json' });
    stream.writableLength = 2 ** 21;
    logger.log('info', 'one');
    logger.log('info', 'two');
    expect(lines).toEqual([]);
    stream.writableLength = 0;
    logger.log('info', 'three');
    logger.log('info', 'four');
    const told = lines.map((line) => JSON.parse(line));
    expect(told.map((line) => line.msg)).toEqual([
      'log lines were dropped because their reader is slow',
      'three',
      'four',
    ]);
    expect(told[0]).toMatchObject({ level: 'warn', count: 2 });
  });

  it('does not throw when the stream or the clock does', () => {
    const stream = {
      writableLength: 0,
      write: () => {
        throw new Error('EIO');
      },
      on: () => {},
    };
    expect(() => createConsoleLogger({ stream }).log('error', 'x')).not.toThrow();
    const { logger, lines } = logTo({ now: () => Number.NaN });
    expect(() => logger.log('error', 'x')).not.toThrow();
    expect(lines).toEqual([]);
  });

  it('survives a reader that has gone away', async () => {
    const url = new URL('./console-logger.ts', import.meta.url).href;
    const code = `
      import { createConsoleLogger } from ${JSON.stringify(url)};
      const logger = createConsoleLogger();
      process.stdin.once('data', () => {
        for (let i = 0; i < 1000; i++) logger.log('info', 'x'.repeat(1000));
        const end = () => process.stdout.write('alive', () => process.exit(7));
        setImmediate(() => setImmediate(end));
      });
      process.stdout.write('ready');`;
    const child = spawn(process.execPath, ['--input-type=module', '-e', code]);
    let told = '';
    child.stdout.on('data', (data) => {
      told += data;
    });
    await once(child.stdout, 'data');
    child.stderr.destroy();
    await once(child.stderr, 'close');
    child.stdin.write('go');
    const [status] = await once(child, 'close');
    expect([told, status]).toEqual(['readyalive', 7]);
  });
});

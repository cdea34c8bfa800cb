import { inspect } from 'node:util';
import type { Json } from '../core/base/json.ts';
import { printable } from '../core/base/printable.ts';
import type { Logger, LogLevel } from '../core/ports/logger.ts';
import type { Instant } from '../core/time/instant.ts';

/** Characters that wait for a slow reader at most; further lines are dropped and counted. */
const WAITING_MAX = 1024 * 1024;

const ranks: Readonly<Record<LogLevel, number>> = { debug: 0, info: 1, warn: 2, error: 3 };

/** The part of a stream that is needed here, such as `process.stderr`. */
export interface LogStream {
  write(text: string): unknown;
  on(event: 'error', listener: (error: Error) => void): unknown;
  readonly writableLength: number;
}

export interface ConsoleLoggerOptions {
  /** The least level that is written. Default `info`. */
  readonly level?: LogLevel;
  /**
   * `text` (default): `2026-01-01T12:00:00.000Z INFO  message key=value`.
   * `json`: one object a line with `time`, `level`, `msg` and the fields.
   * `python`: `2026-01-01 12:00:00 - name - LEVEL - message key=value`, in the local zone,
   * as Python's logging is often set up; warnings are called WARNING there.
   */
  readonly format?: 'text' | 'json' | 'python';
  /** The name that `python` lines show. Default `tickwork`. */
  readonly name?: string;
  /** Where lines go. Default `process.stderr`: stdout belongs to the program's data. */
  readonly stream?: LogStream;
  /** The wall clock, epoch ms. Default: the system's. */
  readonly now?: () => Instant;
}

/**
 * Writes the engine's words as lines. It never throws: a reader that went away (EPIPE) is
 * ignored, and while more than 1 MiB waits for a slow one, lines are dropped and then counted in
 * one line. Messages and fields are made `printable`, so that nobody can forge a line or steer a
 * terminal.
 */
export function createConsoleLogger(options: ConsoleLoggerOptions = {}): Logger {
  const stream = options.stream ?? process.stderr;
  const now = options.now ?? Date.now;
  const rankMin = ranks[options.level ?? 'info'];
  const format = formats[options.format ?? 'text'];
  const name = options.name ?? 'tickwork';
  let droppedCount = 0;
  ignoreErrors(stream);

  function write(line: Line): void {
    if (stream.writableLength > WAITING_MAX) {
      droppedCount += 1;
      return;
    }
    if (droppedCount > 0) {
      const message = 'log lines were dropped because their reader is slow';
      const fields = { count: droppedCount };
      droppedCount = 0;
      stream.write(`${printable(format({ ...line, level: 'warn', message, fields }))}\n`);
    }
    stream.write(`${printable(format(line))}\n`);
  }

  return Object.freeze({
    log(level: LogLevel, message: string, fields: Readonly<Record<string, Json>> = {}): void {
      if (ranks[level] < rankMin) return;
      try {
        write({ at: now(), name, level, message, fields });
      } catch {
        // A log line is never worth a failure of the work it tells of.
      }
    },
  });
}

const guarded = new WeakSet<LogStream>();

/** Without a listener a broken pipe would end the process. */
function ignoreErrors(stream: LogStream): void {
  if (guarded.has(stream)) return;
  guarded.add(stream);
  stream.on('error', () => {});
}

interface Line {
  readonly at: Instant;
  readonly name: string;
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, Json>>;
}

const formats = { text: formatText, json: formatJson, python: formatPython };

function formatText(line: Line): string {
  const level = line.level.toUpperCase().padEnd(5);
  return `${new Date(line.at).toISOString()} ${level} ${wordsOf(line)}`;
}

function formatJson(line: Line): string {
  const time = new Date(line.at).toISOString();
  return JSON.stringify({ ...line.fields, time, level: line.level, msg: line.message });
}

function formatPython(line: Line): string {
  const date = new Date(line.at);
  const day = [date.getFullYear(), date.getMonth() + 1, date.getDate()].map(twoDigits).join('-');
  const time = [date.getHours(), date.getMinutes(), date.getSeconds()].map(twoDigits).join(':');
  const level = line.level === 'warn' ? 'WARNING' : line.level.toUpperCase();
  return `${day} ${time} - ${line.name} - ${level} - ${wordsOf(line)}`;
}

function twoDigits(number: number): string {
  return String(number).padStart(2, '0');
}

function wordsOf(line: Line): string {
  const fields = Object.entries(line.fields).map(([key, value]) => `${key}=${show(value)}`);
  return [line.message, ...fields].join(' ');
}

function show(value: Json): string {
  if (typeof value === 'string' && /^[^\s"=]+$/.test(value)) return value;
  return JSON.stringify(value) ?? inspect(value);
}

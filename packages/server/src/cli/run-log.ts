import { type Json, type Logger, printable } from 'tickwork';
import type { Settings } from '../config/settings.ts';
import { formatInstant } from './instants.ts';
import { RotatingFile } from './log-file.ts';

const ranks = { debug: 0, info: 1, warn: 2, error: 3 } as const;
export type Level = keyof typeof ranks;
type Fields = Readonly<Record<string, Json>>;

/**
 * Where a running scheduler writes what happens: lines for people or JSON objects, to
 * `print` and, if the configuration says so, to a file that is renamed as it grows.
 */
export class RunLog implements Logger {
  readonly #least: number;
  readonly #json: boolean;
  readonly #file: RotatingFile | null;
  #print: (line: string) => void;

  constructor(log: Settings['log'], options: { json: boolean; print: (line: string) => void }) {
    this.#least = ranks[log.level];
    this.#json = options.json || log.format === 'json';
    this.#file = log.file === null ? null : new RotatingFile(log.file);
    this.#print = options.print;
  }

  /** From now on lines go elsewhere, such as above a live view. */
  redirect(print: (line: string) => void): void {
    this.#print = print;
  }

  log(level: Level, message: string, fields: Fields = {}): void {
    const line = this.#lineOf(level, message, fields);
    if (line === null) return;
    this.#print(line);
    this.#append(line);
  }

  /** Writes to the file alone: for what went wrong with the place where lines are printed. */
  keep(level: Level, message: string, fields: Fields = {}): void {
    const line = this.#lineOf(level, message, fields);
    if (line !== null) this.#append(line);
  }

  #lineOf(level: Level, message: string, fields: Fields): string | null {
    if (ranks[level] < this.#least) return null;
    return printable((this.#json ? jsonLine : textLine)(Date.now(), level, message, fields));
  }

  #append(line: string): void {
    try {
      this.#file?.write(line);
    } catch {
      // A full disk must not stop the jobs; the lines on the terminal go on.
    }
  }
}

function jsonLine(at: number, level: Level, msg: string, fields: Fields): string {
  return JSON.stringify({ time: new Date(at).toISOString(), level, msg, ...fields });
}

function textLine(at: number, level: Level, message: string, fields: Fields): string {
  const rest = Object.entries(fields).map(([key, value]) => ` ${key}=${bare(value)}`);
  const time = formatInstant(at - (at % 1000)).slice(0, 19);
  return `${time} ${level.toUpperCase().padEnd(5)} ${message}${rest.join('')}`;
}

function bare(value: Json): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[^\s"=\p{Cc}]+$/u.test(text) ? text : JSON.stringify(text);
}

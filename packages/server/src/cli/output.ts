import { styleText } from 'node:util';
import { isoInstants } from './instants.ts';
import type { Sink } from './sink.ts';
import { type Column, formatTable } from './table.ts';

export type Style = 'bold' | 'dim' | 'red' | 'green' | 'yellow' | 'cyan';

/** Data goes to stdout, words to stderr; with `json` stdout ends with one JSON object. */
export class Output {
  readonly json: boolean;
  readonly stdout: Sink;
  readonly stderr: Sink;
  readonly #colour: boolean;

  constructor(parts: {
    readonly json: boolean;
    readonly stdout: Sink;
    readonly stderr: Sink;
    readonly variables: Readonly<Record<string, string | undefined>>;
  }) {
    this.json = parts.json;
    this.stdout = parts.stdout;
    this.stderr = parts.stderr;
    const { NO_COLOR = '', FORCE_COLOR = '' } = parts.variables;
    this.#colour = NO_COLOR === '' && (FORCE_COLOR !== '' || parts.stdout.isTTY === true);
  }

  /** A line of data for people; left out with `--json`. */
  line(text = ''): void {
    if (!this.json) this.stdout.write(`${text}\n`);
  }

  /** A line about what is going on. */
  words(text: string): void {
    this.stderr.write(`${text}\n`);
  }

  /** The answer for programs; left out without `--json`. */
  answer(value: object): void {
    if (this.json) this.stdout.write(`${JSON.stringify(isoInstants(value))}\n`);
  }

  table(columns: readonly Column[], rows: readonly (readonly string[])[]): void {
    if (this.json) return;
    const aligned = this.stdout.isTTY === true;
    for (const line of formatTable(columns, rows, aligned)) this.line(line);
  }

  style(style: Style, text: string): string {
    return this.#colour ? styleText(style, text, { validateStream: false }) : text;
  }
}

import { printable } from 'tickwork';
import { isoInstants } from './instants.ts';
import type { Sink, Terminal } from './sink.ts';
import { type Line, printableLines, renderLine } from './styled.ts';
import { alignTable, type Column, tabTable } from './table.ts';

const UP = '\u001B[1A';
const CLEAR_BELOW = '\u001B[0J';

/**
 * The only way to standard output and standard error: data goes to the first, words to the
 * second; with `json` the first ends with one JSON object. Names, reasons, errors and the output of
 * runs are other people's texts: here, in one place, whatever could steer a terminal or forge a
 * line is escaped, in JSON too.
 */
export class Output {
  readonly json: boolean;
  readonly stdout: Terminal;
  readonly stderr: Terminal;
  readonly #stdout: Sink;
  readonly #stderr: Sink;
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
    this.#stdout = parts.stdout;
    this.#stderr = parts.stderr;
    const { NO_COLOR = '', FORCE_COLOR = '' } = parts.variables;
    this.#colour = NO_COLOR === '' && (FORCE_COLOR !== '' || parts.stdout.isTTY === true);
  }

  /** A line of data for people; left out with `--json`. */
  line(line: Line = ''): void {
    if (!this.json) this.log(line);
  }

  /** A line of data, with `--json` too. */
  log(line: Line): void {
    this.#stdout.write(`${renderLine(line, this.#colour)}\n`);
  }

  /** Data of several lines, with `--json` too. Line breaks and tabs stay. */
  data(text: string): void {
    this.#stdout.write(printableLines(text));
  }

  /** One or more lines about what is going on. */
  words(text: string): void {
    this.#stderr.write(`${printableLines(text)}\n`);
  }

  /** What a run wrote, with its line breaks; `raw` as it is, for files and pipes. */
  output(stream: 'stdout' | 'stderr', text: string, raw: boolean): void {
    const sink = stream === 'stderr' ? this.#stderr : this.#stdout;
    sink.write(raw ? text : printableLines(text));
  }

  /** The answer for programs; left out without `--json`. */
  answer(value: object): void {
    if (this.json) this.object(isoInstants(value));
  }

  /** One JSON value on a line. */
  object(value: unknown): void {
    this.#stdout.write(`${printable(JSON.stringify(value))}\n`);
  }

  table(columns: readonly Column[], rows: readonly (readonly Line[])[]): void {
    if (this.json) return;
    if (this.stdout.isTTY === true) {
      const width = this.stdout.columns ?? 80;
      for (const line of alignTable(columns, rows, width)) this.line(line);
    } else {
      for (const line of tabTable(columns, rows)) this.data(`${line}\n`);
    }
  }

  /** Replaces the last rows of a terminal: `count` of them become `lines`. */
  redraw(count: number, lines: readonly Line[]): void {
    const erase = count > 0 ? `${UP.repeat(count)}\r${CLEAR_BELOW}` : '';
    const text = lines.map((line) => `${renderLine(line, this.#colour)}\n`).join('');
    if (erase !== '' || text !== '') this.#stdout.write(erase + text);
  }
}

import type { Scheduler } from 'tickwork';
import { formatLength } from './instants.ts';
import type { Output } from './output.ts';
import { textWidth } from './table.ts';
import { troubleRows } from './trouble-rows.ts';

const REDRAW_MS = 1000;
const ROWS_MAX = 8;
/** What a row has besides the name: its sign, a length of time, the attempt. */
const OTHER_COLUMNS = 28;
const UP = '\u001B[1A';
const CLEAR_BELOW = '\u001B[0J';

interface RunningRow {
  readonly name: string;
  readonly attempt: number;
  readonly startedAt: number;
}

/**
 * The lower part of a terminal: what runs now and what comes next, redrawn once a second
 * and when something happens. Lines that are printed meanwhile scroll above it.
 */
export class LiveView {
  readonly #out: Output;
  readonly #scheduler: Scheduler;
  readonly #running = new Map<string, RunningRow>();
  readonly #endings: (() => void)[] = [];
  #upcoming: readonly { readonly name: string; readonly at: number }[] = [];
  #rowCount = 0;
  #hidden = false;

  constructor(out: Output, scheduler: Scheduler) {
    this.#out = out;
    this.#scheduler = scheduler;
  }

  start(): void {
    this.#endings.push(
      this.#scheduler.on('run.started', (event) => {
        const name = event.jobName ?? event.runId;
        this.#running.set(event.runId, { name, attempt: event.attempt, startedAt: event.at });
      }),
      this.#scheduler.on('run.finished', (event) => this.#running.delete(event.runId)),
    );
    const timer = setInterval(() => void this.#refresh(), REDRAW_MS);
    this.#endings.push(() => clearInterval(timer));
    void this.#refresh();
  }

  /** Prints a line above the view. */
  print(line: string): void {
    this.#erase();
    this.#out.stdout.write(`${line}\n`);
    this.#draw();
  }

  stop(): void {
    for (const end of this.#endings) end();
    this.#erase();
    this.#hidden = true;
  }

  async #refresh(): Promise<void> {
    try {
      const jobs = await this.#scheduler.jobs({ status: 'active' }, { limit: 200 });
      this.#upcoming = jobs
        .flatMap(({ name, nextRunAt }) => (nextRunAt === null ? [] : [{ name, at: nextRunAt }]))
        .sort((a, b) => a.at - b.at)
        .slice(0, ROWS_MAX);
    } catch {
      // The engine's own lines tell what is wrong with the store.
    }
    this.#erase();
    this.#draw();
  }

  #erase(): void {
    if (this.#rowCount > 0) this.#out.stdout.write(`${UP.repeat(this.#rowCount)}\r${CLEAR_BELOW}`);
    this.#rowCount = 0;
  }

  #draw(): void {
    if (this.#hidden) return;
    const rows = this.#rows(Date.now());
    this.#out.stdout.write(rows.map((row) => `${row}\n`).join(''));
    this.#rowCount = rows.length;
  }

  #rows(now: number): readonly string[] {
    const style: Output['style'] = (name, text) => this.#out.style(name, text);
    const running = [...this.#running.values()].slice(0, ROWS_MAX).map((row) => {
      const again = row.attempt > 1 ? `, attempt ${row.attempt}` : '';
      const since = style('dim', `${formatLength(now - row.startedAt)}${again}`);
      return `  ${style('cyan', '▶')} ${this.#shorten(row.name)} ${since}`;
    });
    const upcoming = this.#upcoming.map(({ name, at }) => {
      const wait = style('dim', `in ${formatLength(Math.max(0, at - now))}`);
      return `  ${style('dim', '·')} ${this.#shorten(name)} ${wait}`;
    });
    const columns = this.#out.stdout.columns ?? 80;
    const troubles = troubleRows(this.#scheduler.troubles(), now, columns);
    return [
      ...troubles.map((row) => style('red', row)),
      style('bold', `─ running ${this.#running.size}`),
      ...running,
      style('bold', '─ next'),
      ...upcoming,
    ];
  }

  /** A row that wraps would be counted as one and never be erased whole. */
  #shorten(name: string): string {
    const room = Math.max(10, (this.#out.stdout.columns ?? 80) - OTHER_COLUMNS);
    if (textWidth(name) <= room) return name;
    let short = name;
    while (textWidth(short) >= room) short = short.slice(0, -1);
    return `${short}…`;
  }
}

import type { Scheduler } from 'tickwork';
import { formatLength } from './instants.ts';
import type { Output } from './output.ts';
import { cutLine, type Line, plainText } from './styled.ts';
import { troubleRows } from './trouble-rows.ts';

const REDRAW_MS = 1000;
const ROWS_MAX = 8;
/** What a row has besides the name: its sign, a length of time, the attempt. */
const OTHER_COLUMNS = 28;

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
    this.#out.redraw(this.#rowCount, [line]);
    this.#rowCount = 0;
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
    this.#out.redraw(this.#rowCount, []);
    this.#rowCount = 0;
  }

  #draw(): void {
    if (this.#hidden) return;
    const rows = this.#rows(Date.now());
    this.#out.redraw(0, rows);
    this.#rowCount = rows.length;
  }

  #rows(now: number): readonly Line[] {
    const running = [...this.#running.values()].slice(0, ROWS_MAX).map((row): Line => {
      const again = row.attempt > 1 ? `, attempt ${row.attempt}` : '';
      const since = `${formatLength(now - row.startedAt)}${again}`;
      const sign = { style: 'cyan', text: '▶' } as const;
      return ['  ', sign, ' ', this.#name(row.name), ' ', { style: 'dim', text: since }];
    });
    const upcoming = this.#upcoming.map(({ name, at }): Line => {
      const wait = `in ${formatLength(Math.max(0, at - now))}`;
      const sign = { style: 'dim', text: '·' } as const;
      return ['  ', sign, ' ', this.#name(name), ' ', { style: 'dim', text: wait }];
    });
    const columns = this.#out.stdout.columns ?? 80;
    const troubles = troubleRows(this.#scheduler.troubles(), now, columns);
    return [
      ...troubles.map((text): Line => ({ style: 'red', text })),
      { style: 'bold', text: `─ running ${this.#running.size}` },
      ...running,
      { style: 'bold', text: '─ next' },
      ...upcoming,
    ];
  }

  /** A row that wraps would be counted as one and never be erased whole. */
  #name(name: string): string {
    const room = Math.max(10, (this.#out.stdout.columns ?? 80) - OTHER_COLUMNS);
    return plainText(cutLine(name, room));
  }
}

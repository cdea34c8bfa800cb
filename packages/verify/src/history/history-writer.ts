import type { HistoryEvent, HistoryFact } from './history.ts';

/** Collects the events of a history in order, stamped with the clock of truth. */
export class HistoryWriter {
  readonly events: HistoryEvent[] = [];
  readonly #now: () => number;
  readonly #hear: ((event: HistoryEvent) => void) | null;

  /** `hear` is told each event at once, for a running log or hash. */
  constructor(now: () => number, hear: ((event: HistoryEvent) => void) | null = null) {
    this.#now = now;
    this.#hear = hear;
  }

  write(fact: HistoryFact): void {
    const event: HistoryEvent = { i: this.events.length, t: this.#now(), ...fact };
    this.events.push(event);
    this.#hear?.(event);
  }
}

/** A history as JSON lines. */
export function formatHistory(events: readonly HistoryEvent[]): string {
  return events.map((event) => `${JSON.stringify(event)}\n`).join('');
}

import type { Clock } from '../ports/clock.ts';
import type { Logger } from '../ports/logger.ts';
import type { EventName, EventPayloads, TickworkEvent } from './catalogue.ts';

type Listener = (event: TickworkEvent) => void;

/** Tells listeners of this process what happened. A listener that throws disturbs nobody. */
export class Emitter {
  readonly #clock: Clock;
  readonly #logger: Logger;
  readonly #listeners = new Map<EventName, Set<Listener>>();

  constructor(clock: Clock, logger: Logger) {
    this.#clock = clock;
    this.#logger = logger;
  }

  on<Name extends EventName>(
    name: Name,
    listener: (event: TickworkEvent<Name>) => void,
  ): () => void {
    const listeners = this.#listeners.get(name) ?? new Set();
    this.#listeners.set(name, listeners);
    listeners.add(listener as unknown as Listener);
    return () => {
      listeners.delete(listener as unknown as Listener);
    };
  }

  /** The same listener for several events. */
  onAny(names: readonly EventName[], listener: () => void): () => void {
    const ends = names.map((name) => this.on(name, listener));
    return () => {
      for (const end of ends) end();
    };
  }

  /** True if anybody listens: lets hot paths leave out what nobody hears. */
  hears(name: EventName): boolean {
    return (this.#listeners.get(name)?.size ?? 0) > 0;
  }

  emit<Name extends EventName>(name: Name, payload: EventPayloads[Name]): void {
    const listeners = this.#listeners.get(name);
    if (listeners === undefined || listeners.size === 0) return;
    const event = { name, at: this.#clock.now(), ...payload } as unknown as TickworkEvent;
    for (const listener of [...listeners]) {
      try {
        listener(event);
      } catch (error) {
        const message = error instanceof Error ? error.message : String(error);
        this.#logger.log('error', 'a listener threw', { event: name, error: message });
      }
    }
  }
}

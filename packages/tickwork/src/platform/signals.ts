import { constants } from 'node:os';

export type StopSignal = 'SIGINT' | 'SIGTERM';

export interface SignalActions {
  /** Called once, at the first SIGINT or SIGTERM: stop in good order. */
  stop(signal: StopSignal): void;
  /** Called at each SIGHUP until the stop: read the configuration again. */
  reload(): void;
  /** Called at the second SIGINT or SIGTERM with 128 + its number. Default: `process.exit`. */
  exit?(status: number): void;
}

/** The part of `process` that is needed here. */
export interface SignalSource {
  on(signal: NodeJS.Signals, listener: () => void): unknown;
  off(signal: NodeJS.Signals, listener: () => void): unknown;
}

/**
 * Connects the signals of the operating system with a running scheduler.
 *
 * The first SIGINT or SIGTERM (whichever comes) stops, the second ends the process at
 * once, so that a hanging stop never needs SIGKILL. SIGHUP reloads and never ends the
 * process. Returns a function that removes the listeners; calling it twice is harmless.
 */
export function listenForSignals(
  actions: SignalActions,
  source: SignalSource = process,
): () => void {
  const exit = actions.exit ?? ((status: number) => process.exit(status));
  let isStopping = false;

  function onStop(signal: StopSignal): void {
    if (isStopping) {
      exit(128 + constants.signals[signal]);
      return;
    }
    isStopping = true;
    actions.stop(signal);
  }

  const listeners: readonly (readonly [NodeJS.Signals, () => void])[] = [
    ['SIGINT', () => onStop('SIGINT')],
    ['SIGTERM', () => onStop('SIGTERM')],
    [
      'SIGHUP',
      () => {
        if (!isStopping) actions.reload();
      },
    ],
  ];
  for (const [signal, listener] of listeners) source.on(signal, listener);
  return () => {
    for (const [signal, listener] of listeners) source.off(signal, listener);
  };
}

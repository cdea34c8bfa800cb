import { constants } from 'node:os';

export interface Stop {
  /** Resolves at the first INT or TERM, or when the time is over. */
  readonly requested: Promise<void>;
  reason(): string;
  /** Signals have their usual effect again. */
  forget(): void;
}

/** The first INT or TERM asks to stop in good order; the second ends the process at once. */
export function listenForStop(options: {
  readonly drainMs: number;
  readonly forMs: number | null;
  readonly words: (text: string) => void;
}): Stop {
  let reason = '';
  let resolve = (): void => {};
  const requested = new Promise<void>((done) => {
    resolve = done;
  });
  const ask = (why: string): void => {
    reason = why;
    resolve();
  };
  const onSignal = (signal: 'SIGINT' | 'SIGTERM'): void => {
    if (reason.startsWith('SIG')) process.exit(128 + constants.signals[signal]);
    options.words(
      `tickwork stops: running work has ${options.drainMs / 1000} s; again to stop at once`,
    );
    ask(signal);
  };
  const onInterrupt = (): void => onSignal('SIGINT');
  const onTerminate = (): void => onSignal('SIGTERM');
  process.on('SIGINT', onInterrupt);
  process.on('SIGTERM', onTerminate);
  const timer = options.forMs === null ? undefined : setTimeout(() => ask('time'), options.forMs);
  return {
    requested,
    reason: () => reason,
    forget() {
      clearTimeout(timer);
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
}

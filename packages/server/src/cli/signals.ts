import { constants } from 'node:os';
import { performance } from 'node:perf_hooks';

/** One Ctrl-C may arrive twice: from the terminal and handed on by npm. */
const SAME_SIGNAL_MS = 500;

export interface Stop {
  /** Resolves at the first INT or TERM, or when the time is over. */
  readonly requested: Promise<void>;
  reason(): string;
  /** Asks to stop in good order for another reason than a signal. */
  request(reason: string): void;
  /** Signals have their usual effect again. */
  forget(): void;
}

/**
 * The first INT or TERM asks to stop in good order; a second one, half a second later or more,
 * ends the process at once.
 */
export function listenForStop(options: {
  readonly drainMs: number;
  readonly forMs: number | null;
  readonly words: (text: string) => void;
}): Stop {
  let reason = '';
  let isSignalled = false;
  let askedAtMs = 0;
  let resolve = (): void => {};
  const requested = new Promise<void>((done) => {
    resolve = done;
  });
  const ask = (why: string): void => {
    // The first reason counts.
    if (reason === '') reason = why;
    resolve();
  };
  const onSignal = (signal: 'SIGINT' | 'SIGTERM'): void => {
    if (isSignalled) {
      if (performance.now() - askedAtMs < SAME_SIGNAL_MS) return;
      process.exit(128 + constants.signals[signal]);
    }
    isSignalled = true;
    askedAtMs = performance.now();
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
    request: ask,
    forget() {
      clearTimeout(timer);
      process.off('SIGINT', onInterrupt);
      process.off('SIGTERM', onTerminate);
    },
  };
}

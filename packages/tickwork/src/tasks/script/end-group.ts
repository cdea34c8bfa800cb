import { setTimeout as sleep } from 'node:timers/promises';
import { isTickworkError } from '../../core/base/errors.ts';
import type { DurationMs } from '../../core/time/instant.ts';
import type { ProcessGroup } from './process-group.ts';

/**
 * An attempt that its node has lost: the next one may run elsewhere already. With the time in
 * which a node is sure of its loss, its processes end within a second.
 */
const FENCED_GRACE_MS_MAX: DurationMs = 100;
/** A process may need this long after SIGKILL to be gone. */
const KILL_MS_MAX: DurationMs = 1000;
const LOOK_MS_MIN: DurationMs = 20;
/** Looking for processes costs more on hosts that have many. */
const LOOK_MS_MAX: DurationMs = 500;

/** The stop of a group: asked by a signal, in two steps. */
export interface GroupStop {
  /** True from the abort on. */
  hasBegun(): boolean;
  /**
   * To be called once the child itself has exited. If the stop has begun, resolves when all that
   * stems from the child has ended: what ignores SIGTERM is killed when the grace is over.
   * Otherwise an abort changes nothing from now on.
   */
  finish(): Promise<void>;
}

/**
 * Stops a group when `signal` aborts: SIGTERM to all that stems from the child, and SIGKILL after
 * the grace, or after 0.1 s if the reason is FENCED.
 */
export function stopGroupOnAbort(
  group: ProcessGroup,
  { signal, cancelGraceMs }: { readonly signal: AbortSignal; readonly cancelGraceMs: DurationMs },
): GroupStop {
  let killAt = Number.POSITIVE_INFINITY;
  let killTimer: NodeJS.Timeout | undefined;

  function onAbort(): void {
    const { reason } = signal;
    const fenced = isTickworkError(reason) && reason.code === 'FENCED';
    const graceMs = fenced ? Math.min(cancelGraceMs, FENCED_GRACE_MS_MAX) : cancelGraceMs;
    killAt = performance.now() + graceMs;
    group.signal('SIGTERM');
    killTimer = setTimeout(() => group.signal('SIGKILL'), graceMs);
  }

  /**
   * A process that is just becoming another program shows no environment for a moment, so
   * nothing counts as gone before two looks agree.
   */
  async function endRest(): Promise<void> {
    let lookMs = LOOK_MS_MIN;
    let gone = 0;
    while (performance.now() < killAt) {
      gone = group.count() === 0 ? gone + 1 : 0;
      if (gone === 2) break;
      await sleep(Math.min(lookMs, Math.max(0, killAt - performance.now())));
      lookMs = gone === 0 ? Math.min(2 * lookMs, LOOK_MS_MAX) : LOOK_MS_MIN;
    }
    const giveUpAt = performance.now() + KILL_MS_MAX;
    for (;;) {
      gone = group.signal('SIGKILL') === 0 ? gone + 1 : 0;
      if (gone >= 2 || performance.now() >= giveUpAt) return;
      await sleep(LOOK_MS_MIN);
    }
  }

  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  return {
    hasBegun: () => killAt !== Number.POSITIVE_INFINITY,
    async finish(): Promise<void> {
      signal.removeEventListener('abort', onAbort);
      clearTimeout(killTimer);
      if (killAt !== Number.POSITIVE_INFINITY) await endRest();
    },
  };
}

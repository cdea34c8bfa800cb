import { setTimeout as sleep } from 'node:timers/promises';
import type { OutputChunk, Run, Scheduler } from 'tickwork';

const LOOK_MS = 200;
const TERMINAL: ReadonlySet<Run['state']> = new Set(['SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED']);

/** Waits until a run has ended. The exit status is 0, 1, or 124 for a timeout. */
export async function waitForRun(
  scheduler: Scheduler,
  runId: string,
): Promise<{ readonly run: Run; readonly exit: number }> {
  for (;;) {
    const { run } = await scheduler.findRun(runId);
    if (TERMINAL.has(run.state)) return { run, exit: exitOf(run) };
    await sleep(LOOK_MS);
  }
}

function exitOf(run: Run): number {
  if (run.state === 'SUCCESS') return 0;
  return run.reason === 'timeout' ? 124 : 1;
}

/**
 * Hands over what a run writes, in order; with `follow` until it has ended or `gone` is aborted
 * because nobody reads it any more.
 */
export async function readOutput(
  scheduler: Scheduler,
  runId: string,
  { follow, gone }: { readonly follow: boolean; readonly gone: AbortSignal | undefined },
  onChunk: (chunk: OutputChunk) => void,
): Promise<void> {
  let after: { attempt: number; seq: number } | null = null;
  for (;;) {
    const { run } = await scheduler.findRun(runId);
    const ended = TERMINAL.has(run.state);
    let count: number;
    do {
      const chunks: readonly OutputChunk[] = await scheduler.output(runId, after, 1000);
      count = chunks.length;
      for (const chunk of chunks) {
        onChunk(chunk);
        after = { attempt: chunk.attempt, seq: chunk.seq };
      }
    } while (count === 1000);
    if (ended || !follow || gone?.aborted === true) return;
    await sleep(LOOK_MS);
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { Node } from '../core/model/node.ts';
import type { AttemptMark } from '../core/ports/process-watch.ts';
import {
  engineMark,
  listMarked,
  type MarkedProcess,
  markKey,
  signalProcess,
} from './marked-processes.ts';
import type { ProcessIdentity } from './process-identity.ts';

/** A process may need this long after SIGKILL to be gone. */
const KILL_MS_MAX = 2_000;
const LOOK_EVERY_MS = 50;

/**
 * Finds and ends what dead engines have left running, by the marks of its processes, see
 * `listMarked`.
 *
 * `own`: this process; `inherited`: the mark in its own environment, `''` = none. What it is
 * itself a part of, it does not end.
 */
export function createLeftovers(own: ProcessIdentity, inherited: string) {
  function marksOf(nodes: readonly Node[]): ReadonlySet<string> {
    // Of an earlier boot nothing lives, but its ids and start times may have come again.
    const here = nodes.filter((node) => own.bootId !== '' && node.bootId === own.bootId);
    const marks = new Set(here.map(engineMark));
    for (const mark of ['', inherited, engineMark(own)]) marks.delete(mark);
    return marks;
  }

  function findLeftovers(nodes: readonly Node[]): readonly AttemptMark[] {
    const marks = marksOf(nodes);
    if (marks.size === 0) return [];
    const found = new Map<string, AttemptMark>();
    for (const { engine, runId, fence } of listMarked()) {
      const mark = { engine, runId, fence };
      if (marks.has(engine)) found.set(markKey(mark), mark);
    }
    return [...found.values()];
  }

  async function endLeftovers(leftovers: readonly AttemptMark[]): Promise<void> {
    const keys = new Set(leftovers.map(markKey));
    const living = (): MarkedProcess[] => listMarked().filter((each) => keys.has(markKey(each)));
    let left = living();
    const graceMs = Math.max(0, ...left.map((each) => each.graceMs));
    const killAt = performance.now() + graceMs;
    for (const each of left) signalProcess(each, 'SIGTERM');
    while (left.length > 0 && performance.now() < killAt) {
      await sleep(LOOK_EVERY_MS);
      left = living();
    }
    const endAt = performance.now() + KILL_MS_MAX;
    while (left.length > 0 && performance.now() < endAt) {
      for (const each of left) signalProcess(each, 'SIGKILL');
      await sleep(LOOK_EVERY_MS);
      left = living();
    }
  }

  return Object.freeze({ findLeftovers, endLeftovers });
}

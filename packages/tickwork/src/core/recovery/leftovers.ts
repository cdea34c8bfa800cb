import type { Node } from '../model/node.ts';
import type { Attempt } from '../model/run.ts';
import type { AttemptMark, ProcessWatch } from '../ports/process-watch.ts';
import type { Store } from '../ports/store.ts';

export interface LeftoversParts {
  readonly store: Pick<Store, 'readRun'>;
  readonly processWatch: ProcessWatch;
}

/**
 * Ends what lost attempts have left running on this host: scripts outlive an engine that was
 * killed. It is done before the engine's node is declared dead, so that the next attempt
 * of a run does not begin beside the former one.
 */
export class Leftovers {
  readonly #parts: LeftoversParts;
  /** The gone nodes that need not be looked at again. */
  #done = new Set<string>();

  constructor(parts: LeftoversParts) {
    this.#parts = parts;
  }

  /** `nodes`: all that the store lists, in any state. */
  async end(nodes: readonly Node[]): Promise<void> {
    const { processWatch } = this.#parts;
    if (!processWatch.findLeftovers || !processWatch.endLeftovers) return;
    const fresh = nodes.filter((node) => !this.#done.has(node.id) && processWatch.isGone(node));
    if (fresh.length > 0) {
      const lost: AttemptMark[] = [];
      const ids = new Set(fresh.map(({ id }) => id));
      for (const leftover of processWatch.findLeftovers(fresh)) {
        const output = { after: null, limit: 1 };
        const { attempts } = await this.#parts.store.readRun(leftover.runId, output);
        if (isLost(leftover, attempts, ids)) lost.push(leftover);
      }
      if (lost.length > 0) await processWatch.endLeftovers(lost);
    }
    const done = [...fresh.map(({ id }) => id), ...this.#done];
    const listed = new Set(nodes.map(({ id }) => id));
    this.#done = new Set(done.filter((id) => listed.has(id)));
  }
}

/**
 * True if the attempt did not end by its own node, which is gone. What an attempt that has
 * ended left behind on purpose, such as a service that it started, is none of our business;
 * nor is a run of another store that has the same id. Pure.
 */
export function isLost(
  { fence }: AttemptMark,
  attempts: readonly Attempt[],
  goneNodeIds: ReadonlySet<string>,
): boolean {
  const attempt = attempts.find((each) => each.fence === fence);
  if (attempt === undefined || !goneNodeIds.has(attempt.nodeId)) return false;
  return attempt.outcome === 'running' || attempt.outcome === 'lost';
}

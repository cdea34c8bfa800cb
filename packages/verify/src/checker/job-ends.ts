import type { JobRecord, Ledger } from './ledger.ts';

export interface JobEnd {
  readonly t: number;
  readonly runId: string;
  /** A client cancelled it before it began, or between attempts: no node was told. */
  readonly byClient?: boolean;
  /** The instant of a run that left the queue without having begun: it held up later ones. */
  readonly passedFireAt?: number;
}

/**
 * The true times at which runs of jobs ceased to occupy them, in order: the ends that the
 * tasks saw, the accepted writes of them, and the ends of rows, which those have too that
 * were cancelled while they waited. One that waited until it was too late counts for those
 * behind it in a queue only.
 */
export class JobEnds {
  readonly #ends: readonly JobEnd[];

  constructor(records: readonly JobRecord[], ledger: Ledger) {
    const ends: JobEnd[] = [];
    const begunAt = new Map<string, number>();
    for (const { runId, startAt, endAt } of records.flatMap((each) => each.attempts)) {
      begunAt.set(runId, Math.min(begunAt.get(runId) ?? Number.POSITIVE_INFINITY, startAt));
      if (Number.isFinite(endAt)) ends.push({ t: endAt, runId });
    }
    for (const [runId, fromAt] of begunAt) {
      for (const { accepted, what, t } of ledger.commits.get(runId) ?? []) {
        if (accepted && what === 'completion' && t >= fromAt) ends.push({ t, runId });
      }
    }
    const cancelled = cancelledBetween(ledger);
    for (const { id, endedAt, state, reason, fireAt } of records.flatMap((each) => each.rows)) {
      if (endedAt === null) continue;
      const t = ledger.clock.truthOf(endedAt);
      const byClient = state === 'CANCELLED' && reason === 'request' && cancelled.has(id);
      if (byClient) ends.push({ t, runId: id, byClient });
      else if (state !== 'SKIPPED' || reason === 'check') ends.push({ t, runId: id });
      else if (reason === 'too-late') ends.push({ t, runId: id, passedFireAt: fireAt });
    }
    this.#ends = ends.sort((a, b) => a.t - b.t);
  }

  /**
   * The last end of another run up to `t`, inclusive; `null`: there is none.
   * `fireAt`: the instant of the run, if it stood in the queue of its job.
   */
  lastOfOthers(t: number, runId: string, fireAt = Number.NEGATIVE_INFINITY): JobEnd | null {
    let low = 0;
    let high = this.#ends.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#ends[middle]?.t ?? 0) <= t) low = middle + 1;
      else high = middle;
    }
    for (let i = low - 1; i >= 0; i--) {
      const end = this.#ends[i];
      if (end === undefined || end.runId === runId) continue;
      if (end.passedFireAt === undefined || end.passedFireAt < fireAt) return end;
    }
    return null;
  }
}

/** Runs that a client cancelled with the call itself: no task had to be stopped for it. */
function cancelledBetween(ledger: Ledger): ReadonlySet<string | null> {
  const calls = ledger.operations.filter((each) => each.f === 'cancel');
  return new Set(calls.filter((each) => each.result === 'cancelled').map((each) => each.runId));
}

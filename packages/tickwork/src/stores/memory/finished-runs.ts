import type { Attempt, Run } from '../../core/model/run.ts';
import type { RetainedWhich } from '../../core/retention/retained-groups.ts';
import { Queue } from './queue.ts';

/** A run in history. */
export interface FinishedRun {
  readonly run: Run;
  /** Its place in the order of ends: 1, 2, … */
  readonly seq: number;
  /** What its last attempt came to; `null` if it did not end by an attempt. */
  readonly outcome: Attempt['outcome'] | null;
}

/** The finished runs of one job, each part with the oldest end first. */
interface Group {
  readonly failed: Queue<FinishedRun>;
  readonly others: Queue<FinishedRun>;
}

/** History: append-only, removed from the oldest end of each job. */
export class FinishedRuns {
  readonly byId = new Map<string, FinishedRun>();
  readonly #groups = new Map<number | null, Group>();
  #lastSeq = 0;

  add(run: Run, outcome: Attempt['outcome'] | null): void {
    const finished = { run, seq: ++this.#lastSeq, outcome };
    this.byId.set(run.id, finished);
    let group = this.#groups.get(run.jobId);
    if (group === undefined) {
      group = { failed: new Queue(), others: new Queue() };
      this.#groups.set(run.jobId, group);
    }
    group[run.state === 'FAILED' ? 'failed' : 'others'].add(finished);
  }

  /** The jobs with finished runs, ascending, runs without a job first. */
  jobIds(): (number | null)[] {
    return [...this.#groups.keys()].sort((a, b) => (a ?? 0) - (b ?? 0));
  }

  count(jobId: number | null, which: RetainedWhich): number {
    return this.#partsOf(jobId, which).reduce((sum, part) => sum + part.size, 0);
  }

  oldest(jobId: number | null, which: RetainedWhich): FinishedRun | null {
    return this.#oldestPart(jobId, which)?.first ?? null;
  }

  removeOldest(jobId: number | null, which: RetainedWhich): void {
    const removed = this.#oldestPart(jobId, which)?.removeFirst();
    if (removed === undefined) return;
    this.byId.delete(removed.run.id);
    if (this.count(jobId, 'all') === 0) this.#groups.delete(jobId);
  }

  /** Finished runs, the last ended first, of one job or of all. */
  newestFirst(jobId: number | undefined): FinishedRun[] {
    if (jobId === undefined) return [...this.byId.values()].reverse();
    const items = this.#partsOf(jobId, 'all').flatMap((part) => part.items());
    return items.sort((a, b) => b.seq - a.seq);
  }

  #partsOf(jobId: number | null, which: RetainedWhich): Queue<FinishedRun>[] {
    const group = this.#groups.get(jobId);
    if (group === undefined) return [];
    return which === 'all' ? [group.failed, group.others] : [group[which]];
  }

  #oldestPart(jobId: number | null, which: RetainedWhich): Queue<FinishedRun> | undefined {
    const seqOf = (part: Queue<FinishedRun>): number => part.first?.seq ?? Number.MAX_SAFE_INTEGER;
    return this.#partsOf(jobId, which).sort((a, b) => seqOf(a) - seqOf(b))[0];
  }
}

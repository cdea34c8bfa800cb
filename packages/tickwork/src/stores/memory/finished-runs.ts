import type { Attempt, Run } from '../../core/model/run.ts';

/** A run in history. */
export interface FinishedRun {
  readonly run: Run;
  /** Its place in the order of ends: 1, 2, … */
  readonly seq: number;
  /** What its last attempt came to; `null` if it did not end by an attempt. */
  readonly outcome: Attempt['outcome'] | null;
}

/** The finished runs of one job, oldest end first. */
interface Group {
  readonly items: (FinishedRun | null)[];
  /** Everything before has been removed. */
  head: number;
}

/** History: append-only, removed from the oldest end of each job. */
export class FinishedRuns {
  readonly byId = new Map<string, FinishedRun>();
  readonly #groups = new Map<number | null, Group>();
  #lastSeq = 0;

  add(run: Run, outcome: Attempt['outcome'] | null): void {
    const finished = { run, seq: ++this.#lastSeq, outcome };
    this.byId.set(run.id, finished);
    const group = this.#groups.get(run.jobId);
    if (group === undefined) this.#groups.set(run.jobId, { items: [finished], head: 0 });
    else group.items.push(finished);
  }

  /** The jobs with finished runs, ascending, runs without a job first. */
  jobIds(): (number | null)[] {
    return [...this.#groups.keys()].sort((a, b) => (a ?? 0) - (b ?? 0));
  }

  count(jobId: number | null): number {
    const group = this.#groups.get(jobId);
    return group === undefined ? 0 : group.items.length - group.head;
  }

  oldest(jobId: number | null): FinishedRun | null {
    const group = this.#groups.get(jobId);
    return group?.items[group.head] ?? null;
  }

  removeOldest(jobId: number | null): void {
    const group = this.#groups.get(jobId);
    const finished = group?.items[group.head];
    if (group === undefined || finished === null || finished === undefined) return;
    this.byId.delete(finished.run.id);
    group.items[group.head++] = null;
    if (group.head === group.items.length) this.#groups.delete(jobId);
    else if (group.head > 64 && group.head * 2 > group.items.length) {
      group.items.splice(0, group.head);
      group.head = 0;
    }
  }

  /** Finished runs, the last ended first, of one job or of all. */
  newestFirst(jobId: number | undefined): FinishedRun[] {
    if (jobId === undefined) return [...this.byId.values()].reverse();
    const group = this.#groups.get(jobId);
    const items = group?.items.slice(group.head) ?? [];
    return items.filter((item) => item !== null).reverse();
  }
}

import { readingAgeMs } from './clock-set-back.ts';
import { definitionOf } from './definition-of.ts';
import { JobEnds } from './job-ends.ts';
import type { AttemptRecord, JobRecord, Ledger } from './ledger.ts';

/** Room that a run takes while it is running. */
export interface SlotKey {
  readonly key: string;
  readonly weight: number;
  readonly max: number;
}

/** A limit of starts in windows of time. */
export interface RateKey {
  readonly key: string;
  readonly max: number;
  readonly perMs: number;
}

/**
 * What a run takes room of, by the words of its definition; none if the definition is not
 * known. Keys that are made from the input are not judged.
 */
export function slotKeysOf(runId: string, ledger: Ledger): SlotKey[] {
  const policies = definitionOf(runId, ledger)?.policies;
  const sched = ledger.jobOf.get(runId)?.sched ?? '';
  const keys: SlotKey[] = [];
  const { concurrency, pool } = policies ?? {};
  if (concurrency !== undefined && !isTemplate(concurrency.key)) {
    keys.push({ key: keyOf(concurrency.key, sched), weight: 1, max: concurrency.max });
  }
  if (pool !== undefined) {
    keys.push({ key: `pool:${pool.name}`, weight: pool.weight, max: pool.size });
  }
  return keys;
}

export function rateKeyOf(runId: string, ledger: Ledger): RateKey | null {
  const rate = definitionOf(runId, ledger)?.policies.rate;
  if (rate === undefined || isTemplate(rate.key)) return null;
  const sched = ledger.jobOf.get(runId)?.sched ?? '';
  return { key: keyOf(rate.key, sched), max: rate.max, perMs: rate.perMs };
}

function keyOf(key: string | null, sched: string): string {
  return key === null ? `job:${sched}` : `key:${key}`;
}

function isTemplate(key: string | null): boolean {
  return key?.includes('{') === true;
}

/** Which jobs wait for each other's ends because they share a limit. */
export class LimitGroups {
  readonly #ledger: Ledger;
  readonly #records = new Map<string, Set<JobRecord>>();
  readonly #ends = new Map<string, JobEnds>();

  constructor(ledger: Ledger) {
    this.#ledger = ledger;
    for (const record of ledger.jobs) {
      for (const { policies } of record.definitions.values()) {
        const { concurrency, pool } = policies;
        if (concurrency !== undefined) this.#note(keyOf(concurrency.key, record.sched), record);
        if (pool !== undefined) this.#note(`pool:${pool.name}`, record);
      }
    }
  }

  /** From when on no limit held a start up, in true time; minus infinity: it has none. */
  freeAt(start: AttemptRecord): number {
    let from = Number.NEGATIVE_INFINITY;
    for (const { key } of slotKeysOf(start.runId, this.#ledger)) {
      const last = this.#endsOf(key).lastOfOthers(start.startAt, start.runId);
      if (last !== null) from = Math.max(from, last.t);
    }
    const rate = rateKeyOf(start.runId, this.#ledger);
    if (rate === null) return from;
    const windowAt = Math.floor(this.#shownAt(start) / rate.perMs) * rate.perMs;
    // The window may not have come by the store's clock, where that stands still.
    const windowT = Math.min(this.#ledger.clock.truthOf(windowAt), start.startAt);
    return Math.max(from, windowT);
  }

  /**
   * What the clock showed that the window of a start was chosen by: the store's, or, where that
   * was set back just before, the one of a node that counts on from its last reading.
   */
  #shownAt(start: AttemptRecord): number {
    const { runId, token, startAt } = start;
    const { clock, grants } = this.#ledger;
    const shownAt = clock.at(startAt);
    const setMs = clock.setMs(startAt - readingAgeMs(start, this.#ledger), startAt);
    const grantedAt = grants.get(runId)?.find((each) => each.token === token)?.at ?? shownAt;
    return Math.max(shownAt, Math.min(grantedAt, shownAt + setMs));
  }

  #note(key: string, record: JobRecord): void {
    const records = this.#records.get(key);
    if (records === undefined) this.#records.set(key, new Set([record]));
    else records.add(record);
  }

  #endsOf(key: string): JobEnds {
    let ends = this.#ends.get(key);
    if (ends === undefined) {
      ends = new JobEnds([...(this.#records.get(key) ?? [])], this.#ledger);
      this.#ends.set(key, ends);
    }
    return ends;
  }
}

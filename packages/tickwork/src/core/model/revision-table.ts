import { RecentMap } from '../base/recent-map.ts';

/** Jobs whose entries stand in one block: they are made as jobs are met, not for all there are. */
const BLOCK_JOBS = 1024;

/** For each job of a block: its latest known revision, and where that one's value stands. */
interface Block {
  readonly revisions: Uint32Array;
  readonly places: Float64Array;
}

/**
 * Values of revisions of jobs. Equal jobs share one value, so that a million jobs that differ in
 * nothing but their names cost twelve bytes each and no texts as keys. At most `valuesMax`
 * different ones are kept, at least half as many, those that were used last; an entry of
 * a value that was dropped is as good as none. Former revisions stand apart.
 */
export class RevisionTable<V extends object> {
  readonly #generationMax: number;
  readonly #blocks = new Map<number, Block>();
  readonly #former: RecentMap<string, V>;
  /** Places count up for ever; each generation has a stretch of them. 0 stands for none. */
  #placeOf = new Map<V, number>();
  #young: V[] = [];
  #youngFrom = 1;
  #old: readonly V[] = [];
  #oldFrom = 1;

  constructor(valuesMax: number) {
    this.#generationMax = Math.max(1, Math.floor(valuesMax / 2));
    this.#former = new RecentMap(valuesMax);
  }

  get(jobId: number, revision: number): V | undefined {
    const block = this.#blocks.get(blockOf(jobId));
    const index = indexOf(jobId);
    if (block === undefined || block.revisions[index] !== revision) {
      return this.#former.get(formerKey(jobId, revision));
    }
    const place = block.places[index] ?? 0;
    const value = this.#valueAt(place);
    if (value !== undefined && place < this.#youngFrom) block.places[index] = this.#place(value);
    return value;
  }

  set(jobId: number, revision: number, value: V): void {
    const number = blockOf(jobId);
    const index = indexOf(jobId);
    let block = this.#blocks.get(number);
    if (block === undefined) {
      block = { revisions: new Uint32Array(BLOCK_JOBS), places: new Float64Array(BLOCK_JOBS) };
      this.#blocks.set(number, block);
    }
    const latest = block.revisions[index] ?? 0;
    if (revision < latest) {
      this.#former.set(formerKey(jobId, revision), value);
      return;
    }
    if (revision > latest) {
      const former = this.#valueAt(block.places[index] ?? 0);
      if (former !== undefined) this.#former.set(formerKey(jobId, latest), former);
      block.revisions[index] = revision;
    }
    block.places[index] = this.#place(value);
  }

  /** Forgets a job with all its revisions. */
  delete(jobId: number): void {
    const block = this.#blocks.get(blockOf(jobId));
    if (block === undefined) return;
    block.revisions[indexOf(jobId)] = 0;
    block.places[indexOf(jobId)] = 0;
    this.#former.deleteWhere((key) => key.startsWith(`${jobId}:`));
  }

  #valueAt(place: number): V | undefined {
    if (place >= this.#youngFrom) return this.#young[place - this.#youngFrom];
    return place >= this.#oldFrom ? this.#old[place - this.#oldFrom] : undefined;
  }

  /** Where a value stands in the younger generation; put there if need be. */
  #place(value: V): number {
    const known = this.#placeOf.get(value);
    if (known !== undefined) return known;
    if (this.#young.length === this.#generationMax) {
      this.#old = this.#young;
      this.#oldFrom = this.#youngFrom;
      this.#youngFrom += this.#young.length;
      this.#young = [];
      this.#placeOf = new Map();
    }
    const place = this.#youngFrom + this.#young.length;
    this.#young.push(value);
    this.#placeOf.set(value, place);
    return place;
  }
}

function blockOf(jobId: number): number {
  return Math.floor(jobId / BLOCK_JOBS);
}

function indexOf(jobId: number): number {
  return jobId - blockOf(jobId) * BLOCK_JOBS;
}

function formerKey(jobId: number, revision: number): string {
  return `${jobId}:${revision}`;
}

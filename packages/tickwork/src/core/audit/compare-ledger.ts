import type { Run, SkipRange } from '../model/run.ts';
import type { Instant } from '../time/instant.ts';
import type { ExpectedInstant } from './expected-instants.ts';
import { Findings } from './finding.ts';

/** What of a run the audit looks at. */
export type LedgerRow = Pick<Run, 'id' | 'fireAt' | 'jobRevision'>;

export interface LedgerFacts {
  /** Of origin `schedule`, ascending by `fireAt`, in (fromAt, untilAt]. */
  readonly rows: readonly LedgerRow[];
  /** Ascending; those that touch the window. */
  readonly ranges: readonly SkipRange[];
  readonly fromAt: Instant;
  readonly untilAt: Instant;
}

export interface LedgerComparison extends ReturnType<Findings['end']> {
  readonly expectedCount: number;
  readonly runCount: number;
  /** Instants in skipped stretches. */
  readonly skippedCount: number;
}

/**
 * Goes once along the plan with the rows and ranges beside it. Every planned instant must
 * have exactly one fate: one row, or a place in one range. Pure.
 */
export function compareLedger(
  plan: Iterable<ExpectedInstant>,
  facts: LedgerFacts,
): LedgerComparison {
  const found = new Findings();
  const ranges = new Ranges(facts);
  let expectedCount = 0;
  let next = 0;
  const passRowsBefore = (at: Instant): void => {
    for (let row = facts.rows[next]; row !== undefined && row.fireAt < at; ) {
      found.add('outside', row.fireAt, [row.id]);
      row = facts.rows[++next];
    }
  };
  for (const { at, revision } of plan) {
    expectedCount += 1;
    passRowsBefore(at);
    const rows: LedgerRow[] = [];
    for (let row = facts.rows[next]; row?.fireAt === at; row = facts.rows[++next]) rows.push(row);
    const fates = rows.length + ranges.cover(at);
    const ids = rows.map((row) => row.id);
    const other = rows.find((row) => row.jobRevision !== revision)?.jobRevision;
    if (fates === 0) found.add('gap', at);
    else if (fates > 1) found.add('double', at, ids);
    else if (other !== undefined) {
      found.add('revision', at, ids, `revision ${other}, but revision ${revision} was in force`);
    } else found.interrupt();
  }
  passRowsBefore(Number.POSITIVE_INFINITY);
  ranges.judge(found);
  const { rows } = facts;
  return {
    ...{ expectedCount, runCount: rows.length, skippedCount: ranges.skippedCount },
    ...found.end(),
  };
}

/** The skipped stretches with what the plan has inside each. */
class Ranges {
  readonly #facts: LedgerFacts;
  readonly #inside: number[];
  #first = 0;
  skippedCount = 0;

  constructor(facts: LedgerFacts) {
    this.#facts = facts;
    this.#inside = facts.ranges.map(() => 0);
  }

  /** How many ranges an instant is in; instants come in ascending order. */
  cover(at: Instant): number {
    const { ranges } = this.#facts;
    let covers = 0;
    for (let i = this.#first; i < ranges.length; i++) {
      const range = ranges[i] as SkipRange;
      if (range.fromAt > at) break;
      if (range.toAt < at) {
        if (i === this.#first) this.#first += 1;
        continue;
      }
      covers += 1;
      this.#inside[i] = (this.#inside[i] ?? 0) + 1;
    }
    if (covers > 0) this.skippedCount += 1;
    return covers;
  }

  judge(found: Findings): void {
    const { ranges, fromAt, untilAt } = this.#facts;
    for (const [i, range] of ranges.entries()) {
      // Only of a stretch that lies in the window as a whole the count is known.
      if (range.fromAt <= fromAt || range.toAt > untilAt) continue;
      const inside = this.#inside[i] ?? 0;
      if (inside === range.count) continue;
      found.interrupt();
      const detail = `(${range.reason}) counts ${range.count} instants, but the plan has ${inside}`;
      found.add('count', range.fromAt, [], detail);
    }
  }
}

import type { RunReason, SkipRange } from '../model/run.ts';
import type { Instant } from '../time/instant.ts';

/** Why an instant is not run. */
export interface SkipFate {
  readonly reason: RunReason;
  readonly intoRunId: string | null;
  readonly note: string | null;
}

/** The ranges of instants (ascending) that have the same fate in a row; `null` = it is run. */
export function skipRanges(
  jobId: number,
  instants: readonly Instant[],
  fateOf: (fireAt: Instant) => SkipFate | null,
  decidedAt: Instant,
): SkipRange[] {
  const ranges: SkipRange[] = [];
  let former: SkipFate | null = null;
  for (const fireAt of instants) {
    const fate = fateOf(fireAt);
    const last = ranges.at(-1);
    if (fate !== null && last !== undefined && isSame(former, fate)) {
      ranges[ranges.length - 1] = { ...last, toAt: fireAt, count: last.count + 1 };
    } else if (fate !== null) {
      const { reason, intoRunId, note } = fate;
      const range = { jobId, fromAt: fireAt, toAt: fireAt, count: 1, reason, decidedAt, intoRunId };
      ranges.push(note === null ? range : { ...range, note });
    }
    former = fate;
  }
  return ranges;
}

function isSame(a: SkipFate | null, b: SkipFate): boolean {
  return a !== null && a.reason === b.reason && a.intoRunId === b.intoRunId && a.note === b.note;
}

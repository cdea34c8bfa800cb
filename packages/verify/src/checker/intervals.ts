/** A stretch of true time, from inclusive, to exclusive. */
export interface Interval {
  readonly from: number;
  readonly to: number;
}

/** The union of stretches: ascending and apart from each other. */
export function mergeIntervals(intervals: readonly Interval[]): Interval[] {
  const sorted = intervals.filter((each) => each.to > each.from).sort((a, b) => a.from - b.from);
  const merged: { from: number; to: number }[] = [];
  for (const each of sorted) {
    const last = merged.at(-1);
    if (last !== undefined && each.from <= last.to) last.to = Math.max(last.to, each.to);
    else merged.push({ ...each });
  }
  return merged;
}

/** How much of [from, to] lies in merged stretches. */
export function overlapMs(merged: readonly Interval[], from: number, to: number): number {
  let total = 0;
  let low = 0;
  let high = merged.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((merged[middle]?.to ?? 0) <= from) low = middle + 1;
    else high = middle;
  }
  for (let i = low; i < merged.length; i++) {
    const each = merged[i];
    if (each === undefined || each.from >= to) break;
    total += Math.min(each.to, to) - Math.max(each.from, from);
  }
  return total;
}

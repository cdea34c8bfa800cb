export interface Quantiles {
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}

/** Of values in any order, to a tenth; zeros for none. */
export function quantilesOf(values: Iterable<number>): Quantiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number): number => {
    const value = sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))] ?? 0;
    return Math.round(value * 10) / 10;
  };
  return { p50: at(0.5), p99: at(0.99), max: at(1) };
}

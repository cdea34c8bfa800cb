/** The middle of several measurements and how far they lay apart. */
export interface Spread {
  readonly median: number;
  readonly min: number;
  readonly max: number;
}

export function spreadOf(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  return {
    median: sorted[Math.floor(sorted.length / 2)] ?? Number.NaN,
    min: sorted[0] ?? Number.NaN,
    max: sorted[sorted.length - 1] ?? Number.NaN,
  };
}

/** Four digits that count. */
export function rounded(value: number): number {
  return Number(value.toPrecision(4));
}

/**
 * Microseconds of one call, out of as many calls as fill about `forMs`. `call`
 * gets the number of the call; its result is kept from being optimised away.
 */
export function microsPerCall(call: (i: number) => unknown, forMs: number): number {
  let calls = 0;
  let batch = 16;
  let sink: unknown;
  const start = performance.now();
  let elapsed = 0;
  while (elapsed < forMs) {
    for (let i = 0; i < batch; i++) sink = call(calls++);
    elapsed = performance.now() - start;
    if (elapsed < forMs / 20) batch *= 2;
  }
  if (sink === Symbol.for('never')) throw new Error('unreachable');
  return (elapsed * 1000) / calls;
}

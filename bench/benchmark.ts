/** One benchmark: a subcommand of `npm run bench`. */
export interface Benchmark {
  /** One line for the list of subcommands. */
  readonly summary: string;
  /** What `--only` can name, each measured and kept by itself; absent: it is one whole. */
  readonly parts?: readonly string[];
  /** Measures and reports; progress and tables go to `say`. */
  run(options: BenchOptions): Promise<BenchResult>;
}

export interface BenchOptions {
  /** How often each figure is measured. */
  readonly rounds: number;
  /** Only these parts; `null` = all. */
  readonly only: readonly string[] | null;
  /** How many runs or jobs; `null` = as many as the benchmark asks for. */
  readonly size: number | null;
  readonly say: (line: string) => void;
}

export interface BenchResult {
  /** Measured values by name; the unit is the end of the name (`Us`, `Ms`, `PerSecond`). */
  readonly figures: Readonly<Record<string, number>>;
  /** How many times as fast as a peer we are, by name. */
  readonly ratios: Readonly<Record<string, number>>;
  /** Smallest and largest of the rounds, by the name of a figure or ratio. */
  readonly spreads?: Readonly<Record<string, readonly [number, number]>>;
  /** What figures and ratios of this result are meant to reach, by name. */
  readonly goals?: Readonly<Record<string, Goal>>;
  /** What one must know to measure the same again. */
  readonly settings: Readonly<Record<string, unknown>>;
}

/** `below`: smaller than that. `atLeast`, `atMost`: inclusive. */
export type Goal =
  | { readonly below: number }
  | { readonly atLeast: number }
  | { readonly atMost: number };

export function isReached(value: number, goal: Goal): boolean {
  if ('below' in goal) return value < goal.below;
  return 'atLeast' in goal ? value >= goal.atLeast : value <= goal.atMost;
}

export function goalText(goal: Goal): string {
  if ('below' in goal) return `< ${goal.below}`;
  return 'atLeast' in goal ? `≥ ${goal.atLeast}` : `≤ ${goal.atMost}`;
}

/** One benchmark: a subcommand of `npm run bench`. */
export interface Benchmark {
  /** One line for the list of subcommands. */
  readonly summary: string;
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
  /** What one must know to measure the same again. */
  readonly settings: Readonly<Record<string, unknown>>;
}

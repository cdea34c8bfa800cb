/** What became of one mutant. */
export interface MutantOutcome {
  readonly name: string;
  readonly caught: boolean;
  /** The first seed that showed the defect, of 1, 2, 3, …; `null`: none did. */
  readonly seed: number | null;
  /** How often that seed met each verdict. */
  readonly verdicts: Readonly<Record<string, number>>;
}

export interface MutantResults {
  /** Seeds that each mutant was tried with, at most. */
  readonly seedsMax: number;
  /** Simulated hours of each seed. */
  readonly hours: number;
  /** The unchanged engine keeps its promises in the same seeds. */
  readonly clean: boolean;
  readonly missed: readonly string[];
  readonly outcomes: readonly MutantOutcome[];
}

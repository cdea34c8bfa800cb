import { type BenchResult, type Goal, goalText, isReached } from './benchmark.ts';
import { rounded, spreadOf } from './rounds.ts';

/** The values of all rounds, by name. */
export class Samples {
  readonly #values = new Map<string, number[]>();
  readonly #ratios = new Map<string, number[]>();

  readonly note = (name: string, value: number): void => {
    this.#values.set(name, [...(this.#values.get(name) ?? []), value]);
  };

  /** Round by round `ours / theirs`, so that the noise of a busy machine hits both. */
  ratio(name: string, ours: string, theirs: string): void {
    const below = this.#values.get(theirs);
    const above = this.#values.get(ours);
    if (above === undefined || below === undefined) return;
    const quotients = above.map((value, i) => value / (below[i] ?? Number.NaN));
    this.#ratios.set(name, quotients);
  }

  /** Medians and spreads, told by `say`; `goals` may name what was not measured. */
  result(
    goals: Readonly<Record<string, Goal>>,
    say: (line: string) => void,
  ): Required<Omit<BenchResult, 'settings'>> {
    const figures: Record<string, number> = {};
    const ratios: Record<string, number> = {};
    const spreads: Record<string, readonly [number, number]> = {};
    const met: Record<string, Goal> = {};
    const take = (into: Record<string, number>, from: ReadonlyMap<string, number[]>): void => {
      for (const [name, values] of from) {
        const { median, min, max } = spreadOf(values);
        into[name] = rounded(median);
        spreads[name] = [rounded(min), rounded(max)];
        const goal = goals[name];
        if (goal !== undefined) met[name] = goal;
        say(`${name.padEnd(34)} ${told(median, min, max)}${verdict(rounded(median), goal)}`);
      }
    };
    take(figures, this.#values);
    take(ratios, this.#ratios);
    return { figures, ratios, spreads, goals: met };
  }
}

function told(median: number, min: number, max: number): string {
  return `${rounded(median)}  [${rounded(min)}..${rounded(max)}]`;
}

function verdict(value: number, goal: Goal | undefined): string {
  if (goal === undefined) return '';
  return `  goal ${goalText(goal)}: ${isReached(value, goal) ? 'reached' : 'NOT REACHED'}`;
}

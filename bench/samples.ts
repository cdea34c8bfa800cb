import { type BenchResult, type Goal, goalText, isReached } from './benchmark.ts';
import { rounded, spreadOf } from './rounds.ts';

/** The values of all rounds, by name. */
export class Samples {
  readonly #values = new Map<string, number[]>();
  readonly #ratios = new Map<string, number[]>();

  readonly note = (name: string, value: number): void => {
    this.#values.set(name, [...(this.#values.get(name) ?? []), value]);
  };

  /**
   * Round by round `above / below`, so that the noise of a busy machine hits both. Values under
   * `least` count as that. Nothing is added if one of them was not measured.
   */
  ratio(name: string, above: string, below: string, least = 0): void {
    const upper = this.#values.get(above);
    const lower = this.#values.get(below);
    if (upper === undefined || lower === undefined) return;
    const atLeast = (value: number | undefined): number => Math.max(least, value ?? Number.NaN);
    const quotients = upper.map((value, i) => atLeast(value) / atLeast(lower[i]));
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

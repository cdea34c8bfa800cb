import { ZONE_ALIASES } from '../../packages/tickwork/src/platform/zone-aliases.ts';
import { CronOracle, oracleZone } from '../../packages/verify/src/oracle/cron-oracle.ts';
import { randomCron, seededRandom } from '../../packages/verify/src/oracle/random-cron.ts';
import type { EngineQuestion } from './engine.ts';
import { engineCron } from './engine.ts';

/** What a run of comparisons found. */
export interface Comparison {
  readonly seed: number;
  readonly cases: number;
  /** Answers compared: some successors and one predecessor a case. */
  readonly answers: number;
  readonly differences: number;
  /** The first differences in words, with all that is needed to replay them. */
  readonly examples: readonly string[];
  readonly zones: number;
  readonly nearChanges: { readonly forward: number; readonly backward: number };
  /** Different (zone, clock change) pairs that a case lay within 30 h of. */
  readonly changesHit: { readonly forward: number; readonly backward: number };
}

export interface ComparisonOptions {
  readonly count: number;
  readonly seed: number;
  /** How many successors of each instant are compared. */
  readonly successors: number;
  readonly progress?: (done: number) => void;
}

const FROM = Date.UTC(2000, 0, 1);
const TO = Date.UTC(2038, 0, 1);
const END_SECONDS = Date.UTC(2199, 11, 31) / 1000;
/** How far from a clock change instants are taken: the repeated hour itself must not be rare. */
const NEAR_SECONDS = [2 * 3600, 6 * 3600, 30 * 3600];
const EXAMPLES_MAX = 20;
const PROGRESS_EVERY = 10_000;

/** Every IANA zone name that this Node.js knows, aliases included. */
export function allZoneNames(): readonly string[] {
  const aliases = Object.entries(ZONE_ALIASES).flatMap(([name, list]) => [
    name,
    ...list.split(' '),
  ]);
  return [...new Set([...Intl.supportedValuesOf('timeZone'), ...aliases])].sort();
}

/**
 * Asks the engine and the oracle the same seeded random questions. Each second
 * case takes its instant within 30 hours of a clock change of 2000 to 2037.
 */
export function compareWithOracle(options: ComparisonOptions): Comparison {
  const run = new ComparisonRun(options);
  for (let i = 0; i < options.count; i++) {
    run.compareCase(i);
    if (i % PROGRESS_EVERY === PROGRESS_EVERY - 1) options.progress?.(i + 1);
  }
  return run.result();
}

class ComparisonRun {
  readonly #options: ComparisonOptions;
  readonly #random: () => number;
  readonly #zones = allZoneNames();
  readonly #changing = this.#zones.filter((name) => oracleZone(name).changes(FROM, TO).length > 0);
  readonly #zonesSeen = new Set<string>();
  readonly #hits = { forward: new Set<string>(), backward: new Set<string>() };
  readonly #near = { forward: 0, backward: 0 };
  readonly #examples: string[] = [];
  #answers = 0;
  #differences = 0;

  constructor(options: ComparisonOptions) {
    this.#options = options;
    this.#random = seededRandom(options.seed);
  }

  compareCase(index: number): void {
    const cron = randomCron(this.#random);
    const near = index % 2 === 1;
    const names = near ? this.#changing : this.#zones;
    const zone = names[Math.floor(index / 2) % names.length] as string;
    this.#zonesSeen.add(zone);
    const at = near ? this.#nearChange(zone) : Math.floor(this.#random() * END_SECONDS) * 1000;
    this.#check({ ...cron, zone }, at + (this.#random() < 0.1 ? 500 : 0), index);
  }

  result(): Comparison {
    const { seed, count } = this.#options;
    return {
      seed,
      cases: count,
      answers: this.#answers,
      differences: this.#differences,
      examples: this.#examples,
      zones: this.#zonesSeen.size,
      nearChanges: this.#near,
      changesHit: {
        forward: this.#hits.forward.size,
        backward: this.#hits.backward.size,
      },
    };
  }

  #nearChange(zone: string): number {
    const changes = oracleZone(zone).changes(FROM, TO);
    const change = changes[Math.floor(this.#random() * changes.length)];
    if (change === undefined) throw new Error(`${zone} has no clock change`);
    const direction = change.by > 0 ? 'forward' : 'backward';
    this.#near[direction]++;
    this.#hits[direction].add(`${zone} ${change.at}`);
    const within = NEAR_SECONDS[Math.floor(this.#random() * NEAR_SECONDS.length)] ?? 0;
    return change.at + Math.floor((this.#random() * 2 - 1) * within) * 1000;
  }

  #check(question: EngineQuestion, at: number, index: number): void {
    const oracle = new CronOracle(question);
    const engine = engineCron(question);
    let after: number | null = at;
    for (let i = 0; i < this.#options.successors && after !== null; i++) {
      const expected = oracle.next(after);
      this.#note(question, { index, asked: 'next', at: after, expected, got: engine.next(after) });
      after = expected;
    }
    const expected = oracle.prev(at);
    this.#note(question, { index, asked: 'prev', at, expected, got: engine.prev(at) });
  }

  #note(question: EngineQuestion, answer: Answer): void {
    this.#answers++;
    if (answer.expected === answer.got) return;
    this.#differences++;
    if (this.#examples.length >= EXAMPLES_MAX) return;
    const { index, asked, at, expected, got } = answer;
    this.#examples.push(
      `seed ${this.#options.seed} case ${index}: ${JSON.stringify(question)} ${asked} of ` +
        `${show(at)}: oracle ${show(expected)}, engine ${show(got)}`,
    );
  }
}

interface Answer {
  readonly index: number;
  readonly asked: 'next' | 'prev';
  readonly at: number;
  readonly expected: number | null;
  readonly got: number | null;
}

function show(at: number | null): string {
  return at === null ? 'none' : new Date(at).toISOString();
}

import { runHostile } from '../../test/triggers/hostile.ts';
import type { Benchmark, BenchOptions } from '../benchmark.ts';
import { microsPerCall, rounded, spreadOf } from '../rounds.ts';
import type { Contestant } from './contestants.ts';
import { croner, cronParser, tickwork } from './contestants.ts';
import { START, TYPICAL_EXPRESSIONS, ZONES } from './expressions.ts';

const CONTESTANTS: readonly Contestant[] = [tickwork, croner, cronParser];
/** How long one expression is measured in one round. */
const NEXT_MS = 40;
const PARSE_MS = 160;
/** After so many successors a walk begins again, so that all walk over the same years. */
const WALK_LENGTH = 500;
const HOSTILE_TEXTS = 100_000;

/** Speed of cron beside croner and cron-parser, and of hostile texts. */
export const triggerBench: Benchmark = {
  summary: 'Cron: next() and parse beside croner 11.0.1 and cron-parser 5.10.5, hostile texts',
  async run(options) {
    const figures: Record<string, number> = {};
    const ratios: Record<string, number> = {};
    for (const zone of ZONES) {
      checkAgreement(zone);
      compare(`next ${zone}`, measureNext(zone, options), { options, figures, ratios });
      compare(`parse ${zone}`, measureParse(zone, options), { options, figures, ratios });
    }
    measureHostile(options, figures);
    const settings = {
      expressions: TYPICAL_EXPRESSIONS,
      start: new Date(START).toISOString(),
      walkLength: WALK_LENGTH,
      rounds: options.rounds,
      hostileTexts: HOSTILE_TEXTS,
      peers: { croner: '11.0.1', 'cron-parser': '5.10.5' },
    };
    return { figures, ratios, settings };
  },
};

/** All contestants must give the same first answers, or the figures compare nothing. */
function checkAgreement(zone: string): void {
  for (const expression of TYPICAL_EXPRESSIONS) {
    const answers = CONTESTANTS.map((contestant) => contestant.parse(expression, zone)(START));
    if (new Set(answers).size !== 1) {
      throw new Error(`${expression} in ${zone}: ${answers.join(', ')}`);
    }
  }
}

/** For each contestant, the microseconds of each round. */
type Rounds = ReadonlyMap<Contestant, number[]>;

/**
 * Every round measures all contestants, one right after the other, so that what
 * else the machine does meets all of them. One round more than asked for is
 * run: the first warms up.
 */
function takeRounds(options: BenchOptions, measure: (contestant: Contestant) => number): Rounds {
  const rounds = new Map(CONTESTANTS.map((contestant) => [contestant, [] as number[]]));
  for (let round = 0; round <= options.rounds; round++) {
    for (const [contestant, values] of rounds) {
      const micros = measure(contestant);
      if (round > 0) values.push(micros);
    }
  }
  return rounds;
}

/** The mean over the typical expressions. */
function measureNext(zone: string, options: BenchOptions): Rounds {
  return takeRounds(options, (contestant) => {
    const micros = TYPICAL_EXPRESSIONS.map((text) => walk(contestant.parse(text, zone)));
    return micros.reduce((sum, value) => sum + value, 0) / micros.length;
  });
}

function measureParse(zone: string, options: BenchOptions): Rounds {
  return takeRounds(options, (contestant) =>
    microsPerCall((i) => {
      const text = TYPICAL_EXPRESSIONS[i % TYPICAL_EXPRESSIONS.length] as string;
      return contestant.parse(text, zone);
    }, PARSE_MS),
  );
}

interface Sheet {
  readonly options: BenchOptions;
  readonly figures: Record<string, number>;
  readonly ratios: Record<string, number>;
}

/** Writes medians, and ratios as the median of the ratios within each round. */
function compare(name: string, rounds: Rounds, sheet: Sheet): void {
  const ours = rounds.get(tickwork) ?? [];
  for (const [contestant, values] of rounds) {
    note(`${name} ${contestant.name}`, values, sheet.options, sheet.figures);
    if (contestant === tickwork) continue;
    const ratio = spreadOf(values.map((value, i) => value / (ours[i] ?? Number.NaN)));
    sheet.ratios[`${name} vs ${contestant.name}`] = rounded(ratio.median);
    sheet.options.say(
      `  ${rounded(ratio.median)} times (${rounded(ratio.min)} to ${rounded(ratio.max)})`,
    );
  }
}

/** Microseconds of one step of a walk over successors. */
function walk(next: (after: number) => number | null): number {
  let at = START;
  return microsPerCall((i) => {
    if (i % WALK_LENGTH === 0) at = START;
    const found = next(at);
    at = found ?? START;
    return found;
  }, NEXT_MS);
}

function measureHostile(options: BenchOptions, figures: Record<string, number>): void {
  runHostile(HOSTILE_TEXTS / 10, 2);
  const report = runHostile(HOSTILE_TEXTS, 1);
  figures['hostile p99.9 Ms'] = rounded(report.p999Ms);
  figures['hostile max Ms'] = rounded(report.maxMs);
  figures['hostile max of one pass Ms'] = rounded(report.onePassMaxMs);
  figures['hostile parser steps max'] = report.parserStepsMax;
  figures['hostile evaluator steps max'] = report.evaluatorStepsMax;
  figures['hostile crashes'] = report.crashes.length;
  options.say(
    `hostile texts, fastest of three passes: p99.9 ${rounded(report.p999Ms)} ms, ` +
      `max ${rounded(report.maxMs)} ms; one pass: max ${rounded(report.onePassMaxMs)} ms`,
  );
}

function note(
  name: string,
  rounds: readonly number[],
  options: BenchOptions,
  figures: Record<string, number>,
): void {
  const { median, min, max } = spreadOf(rounds);
  figures[`${name} Us`] = rounded(median);
  figures[`${name} min Us`] = rounded(min);
  figures[`${name} max Us`] = rounded(max);
  options.say(`${name}: ${rounded(median)} µs (${rounded(min)} to ${rounded(max)})`);
}

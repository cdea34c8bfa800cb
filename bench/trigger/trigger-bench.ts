import { runHostile } from '../../test/triggers/hostile.ts';
import type { Benchmark, BenchOptions } from '../benchmark.ts';
import { microsPerCall, rounded, spreadOf } from '../rounds.ts';
import type { Contestant } from './contestants.ts';
import { croner, cronParser, tickwork } from './contestants.ts';
import { START, TYPICAL_EXPRESSIONS, ZONES } from './expressions.ts';

const CONTESTANTS: readonly Contestant[] = [tickwork, croner, cronParser];
/** How long one expression is measured in one round. */
const NEXT_MS = 40;
const PARSE_MS = 40;
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
      measureNext(zone, options, figures);
      measureParse(zone, options, figures);
      for (const peer of [croner, cronParser]) {
        for (const what of ['next', 'parse']) {
          const theirs = figures[`${what} ${zone} ${peer.name} Us`] ?? Number.NaN;
          const ours = figures[`${what} ${zone} ${tickwork.name} Us`] ?? Number.NaN;
          ratios[`${what} ${zone} vs ${peer.name}`] = rounded(theirs / ours);
        }
      }
    }
    measureHostile(options, figures);
    for (const [name, ratio] of Object.entries(ratios)) options.say(`${name}: ${ratio} times`);
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

function measureNext(zone: string, options: BenchOptions, figures: Record<string, number>): void {
  for (const contestant of CONTESTANTS) {
    const rounds: number[] = [];
    const byExpression = TYPICAL_EXPRESSIONS.map(() => [] as number[]);
    // One round more than asked for: the first warms up.
    for (let round = 0; round <= options.rounds; round++) {
      const micros = TYPICAL_EXPRESSIONS.map((text) => walk(contestant.parse(text, zone)));
      if (round === 0) continue;
      rounds.push(micros.reduce((sum, value) => sum + value, 0) / micros.length);
      for (const [i, value] of micros.entries()) byExpression[i]?.push(value);
    }
    note(`next ${zone} ${contestant.name}`, rounds, options, figures);
    const each = byExpression.map((values) => rounded(spreadOf(values).median));
    options.say(`  by expression: ${each.join(', ')}`);
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

function measureParse(zone: string, options: BenchOptions, figures: Record<string, number>): void {
  for (const contestant of CONTESTANTS) {
    const rounds: number[] = [];
    for (let round = 0; round <= options.rounds; round++) {
      const micros = microsPerCall((i) => {
        const text = TYPICAL_EXPRESSIONS[i % TYPICAL_EXPRESSIONS.length] as string;
        return contestant.parse(text, zone);
      }, PARSE_MS * 4);
      if (round > 0) rounds.push(micros);
    }
    note(`parse ${zone} ${contestant.name}`, rounds, options, figures);
  }
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

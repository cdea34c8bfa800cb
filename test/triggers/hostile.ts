import { TickworkError } from '../../packages/tickwork/src/core/base/errors.ts';
import { CronEvaluator } from '../../packages/tickwork/src/core/trigger/cron/cron-evaluator.ts';
import { compileMasks } from '../../packages/tickwork/src/core/trigger/cron/cron-masks.ts';
import { parseEvery } from '../../packages/tickwork/src/core/trigger/cron/every.ts';
import { parseCron } from '../../packages/tickwork/src/core/trigger/cron/parse-cron.ts';
import { randomCron, seededRandom } from '../../packages/verify/src/oracle/random-cron.ts';
import { zoneTable } from './engine.ts';

/** What hostile texts did to the parser and the evaluator. */
export interface HostileReport {
  readonly seed: number;
  readonly texts: number;
  readonly accepted: number;
  readonly refused: number;
  /** Texts that made something else than a `TickworkError` fly; at most 20. */
  readonly crashes: readonly string[];
  readonly parserStepsMax: number;
  readonly evaluatorStepsMax: number;
  /**
   * Milliseconds to read a text and find two instants. Each text is timed in
   * three passes over all of them and its fastest counts: what one pass alone
   * shows (`onePassMaxMs`) holds the turns of other processes too.
   */
  readonly p999Ms: number;
  readonly maxMs: number;
  readonly onePassMaxMs: number;
}

/** No text may cost the parser more: twice its characters, as errors quote it. */
export const PARSER_STEPS_MAX = 1024;
/** The months of 230 years twice, and the segments of a zone. */
export const EVALUATOR_STEPS_MAX = 2 * 2760 + 1000;

const ALPHABET = '0123456789*/-,?LW#+~H()@=: \t\n';
const PIECES = [
  '*/',
  '/2/3/4',
  '99999999999999999999',
  '-1',
  '--',
  ',,',
  '#',
  '##',
  'L-',
  'W',
  'LW',
  'H(',
  ')',
  'H(0-5)/',
  '~',
  '\u0000',
  '\u202e',
  '١',
  '①',
  '💥',
  'é',
  '\ufeff',
  'CRON_TZ=',
  'TZ=UTC ',
  'TZ=x/y ',
  '@every ',
  '@daily',
  '@reboot',
  'MON',
  'mon-',
  'DEC-JAN',
  '1-5/',
  '0x1f',
  '1e9',
  '1.5',
  'NaN',
  '__proto__',
  'constructor',
  '\r\n',
  '/0',
  '/',
  '*',
  '60',
  '-0',
  'undefined',
  '{}',
  '[]',
  '$(',
  '%',
];
const ZONES = ['UTC', 'Europe/Berlin', 'America/New_York', 'Pacific/Apia', 'Africa/Casablanca'];

/** Hostile texts out of a seed: changed, cut, doubled and plainly random ones. */
export function* hostileTexts(count: number, seed: number): Generator<string> {
  const random = seededRandom(seed);
  const between = (max: number) => Math.floor(random() * max);
  for (let i = 0; i < count; i++) {
    const kind = between(20);
    if (kind === 0) yield randomText(random, between(2000));
    else if (kind === 1) yield randomCron(random).expression.repeat(1 + between(60));
    else if (kind === 2) yield manyItems(random, 100 + between(60));
    else if (kind === 3) yield rareExpression(random);
    else yield mutated(random, randomCron(random).expression);
  }
}

function randomText(random: () => number, length: number): string {
  let text = '';
  for (let i = 0; i < length; i++) {
    const wild = random() < 0.1;
    text += wild
      ? String.fromCharCode(Math.floor(random() * 65_536))
      : ALPHABET[Math.floor(random() * ALPHABET.length)];
  }
  return text;
}

function manyItems(random: () => number, count: number): string {
  const items = Array.from({ length: count }, () => Math.floor(random() * 10)).join(',');
  return `${items} * * * *`;
}

/** Valid texts that fire seldom or never: the evaluator's worst case. */
function rareExpression(random: () => number): string {
  const days = ['29 2 +MON', '30 2 *', '31 2,4,6,9,11 *', '29 2 +5#5', '31W 2 *', 'L-30 2 *'];
  const day = days[Math.floor(random() * days.length)];
  const year = random() < 0.3 ? ` ${1970 + Math.floor(random() * 230)}` : '';
  return `${random() < 0.5 ? '*' : '59'} ${random() < 0.5 ? '*' : '59'} 2 ${day}${year}`;
}

function mutated(random: () => number, valid: string): string {
  let text = valid;
  const changes = 1 + Math.floor(random() * 4);
  for (let i = 0; i < changes; i++) {
    const at = Math.floor(random() * (text.length + 1));
    const piece = PIECES[Math.floor(random() * PIECES.length)] ?? '';
    const cut = Math.floor(random() * 4);
    text = text.slice(0, at) + (random() < 0.7 ? piece : '') + text.slice(at + cut);
  }
  return text;
}

/** Reads each hostile text and, where it is accepted, finds instants; counts and times it. */
export function runHostile(count: number, seed: number): HostileReport {
  const run = new HostileRun([...hostileTexts(count, seed)]);
  for (let pass = 0; pass < PASSES; pass++) run.pass();
  return run.report(seed);
}

const PASSES = 3;
const CRASHES_MAX = 20;

class HostileRun {
  readonly #texts: readonly string[];
  readonly #fastestMs: Float64Array;
  readonly #crashes = new Set<string>();
  #onePassMaxMs = 0;
  #accepted = 0;
  #parserSteps = 0;
  #evaluatorSteps = 0;

  constructor(texts: readonly string[]) {
    this.#texts = texts;
    this.#fastestMs = new Float64Array(texts.length).fill(Number.POSITIVE_INFINITY);
    for (const zone of ZONES) zoneTable.get(zone);
  }

  /** Takes all texts once. */
  pass(): void {
    this.#accepted = 0;
    this.#onePassMaxMs = 0;
    for (const [index, text] of this.#texts.entries()) {
      const start = performance.now();
      this.#take(text, index);
      const ms = performance.now() - start;
      this.#onePassMaxMs = Math.max(this.#onePassMaxMs, ms);
      this.#fastestMs[index] = Math.min(this.#fastestMs[index] ?? ms, ms);
    }
  }

  report(seed: number): HostileReport {
    const sorted = this.#fastestMs.toSorted();
    const at = (share: number) => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
    return {
      seed,
      texts: sorted.length,
      accepted: this.#accepted,
      refused: sorted.length - this.#accepted,
      crashes: [...this.#crashes],
      parserStepsMax: this.#parserSteps,
      evaluatorStepsMax: this.#evaluatorSteps,
      p999Ms: at(0.999),
      maxMs: at(1),
      onePassMaxMs: this.#onePassMaxMs,
    };
  }

  #take(text: string, index: number): void {
    try {
      this.#ask(text, index);
      this.#accepted++;
    } catch (error) {
      if (error instanceof TickworkError || this.#crashes.size >= CRASHES_MAX) return;
      this.#crashes.add(`${JSON.stringify(text)}: ${String(error)}`);
    }
  }

  #ask(text: string, index: number): void {
    if (parseEvery(text) !== null) return;
    const meter = { steps: 0 };
    const dialect = index % 5 === 0 ? ('quartz' as const) : ('standard' as const);
    const expression = parseCron(text, { meter, dialect });
    this.#parserSteps = Math.max(this.#parserSteps, meter.steps);
    const zone = zoneTable.get(expression.zone ?? ZONES[index % ZONES.length] ?? 'UTC');
    const evaluator = new CronEvaluator(expression, compileMasks(expression, 'job'), {
      zone,
      dst: index % 3 === 0 ? { gap: 'skip', overlap: 'last' } : null,
    });
    const at = (index * 7_919_000_003) % 7_258_000_000_000;
    for (const ask of [() => evaluator.next(at), () => evaluator.prev(at)]) {
      const before = evaluator.steps;
      ask();
      this.#evaluatorSteps = Math.max(this.#evaluatorSteps, evaluator.steps - before);
    }
  }
}

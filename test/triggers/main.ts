import { parseArgs } from 'node:util';
import { compareWithOracle } from './compare.ts';
import { compareCalendars } from './compare-calendars.ts';
import { EVALUATOR_STEPS_MAX, PARSER_STEPS_MAX, runHostile } from './hostile.ts';

/**
 * The full check of the triggers: random cron questions against the independent
 * oracle, random triggers under calendars and rolls near clock changes, then hostile
 * texts. Progress goes to stderr; the last line of stdout
 * is one JSON object. Exit status 1 if anything differs, crashes or is slow by count.
 */
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1' },
    calendars: { type: 'string', default: '5000' },
    hostile: { type: 'string', default: '100000' },
    json: { type: 'boolean', default: false },
  },
});

const seed = wholeNumber('seed', values.seed);
const started = performance.now();
const comparison = compareWithOracle({
  count: wholeNumber('count', values.count),
  seed,
  successors: 2,
  progress: (done) => process.stderr.write(`${done} cases, ${elapsed()} s\n`),
});
for (const example of comparison.examples) process.stderr.write(`${example}\n`);
process.stderr.write(`calendars and rolls, ${elapsed()} s\n`);
const calendars = compareCalendars({ count: wholeNumber('calendars', values.calendars), seed });
for (const example of calendars.examples) process.stderr.write(`${example}\n`);
process.stderr.write(`hostile texts, ${elapsed()} s\n`);
const hostile = runHostile(wholeNumber('hostile', values.hostile), seed);
for (const crash of hostile.crashes) process.stderr.write(`${crash}\n`);

const report = {
  ...comparison,
  calendars,
  hostile,
  seconds: Number(elapsed()),
  node: process.version,
};
process.stdout.write(
  values.json ? `${JSON.stringify(report)}\n` : `${JSON.stringify(report, null, 2)}\n`,
);
const failed =
  comparison.differences > 0 ||
  calendars.differences > 0 ||
  hostile.crashes.length > 0 ||
  hostile.parserStepsMax > PARSER_STEPS_MAX ||
  hostile.evaluatorStepsMax > EVALUATOR_STEPS_MAX;
process.exitCode = failed ? 1 : 0;

function elapsed(): string {
  return ((performance.now() - started) / 1000).toFixed(1);
}

function wholeNumber(name: string, text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= 0) return value;
  process.stderr.write(`--${name} ${text}: a whole number is needed.\n`);
  process.exit(2);
}

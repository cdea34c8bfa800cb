import { parseArgs } from 'node:util';
import { compareWithOracle } from './compare.ts';
import { EVALUATOR_STEPS_MAX, PARSER_STEPS_MAX, runHostile } from './hostile.ts';

/**
 * The full check of the cron engine: random questions against the independent
 * oracle, then hostile texts. Progress goes to stderr; the last line of stdout
 * is one JSON object. Exit status 1 if anything differs, crashes or is slow by count.
 */
const { values } = parseArgs({
  options: {
    count: { type: 'string', default: '200000' },
    seed: { type: 'string', default: '1' },
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
process.stderr.write(`hostile texts, ${elapsed()} s\n`);
const hostile = runHostile(wholeNumber('hostile', values.hostile), seed);
for (const crash of hostile.crashes) process.stderr.write(`${crash}\n`);

const report = { ...comparison, hostile, seconds: Number(elapsed()), node: process.version };
process.stdout.write(
  values.json ? `${JSON.stringify(report)}\n` : `${JSON.stringify(report, null, 2)}\n`,
);
const failed =
  comparison.differences > 0 ||
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

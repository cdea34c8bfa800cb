// Kills, stops and starves real processes that share SQLite files, and judges what is left:
//   npm run chaos -- --kills 20 --stops 5 --seed 1 --json
//   npm run chaos -- --disk 2 --readonly 2 --clock 12
//   npm run chaos -- --long 2      (six kills and a stop each, with the default lease)
// A batch that was interrupted goes on where it ended: finished episodes are kept in
// test/chaos/results, one file per commit and seed. Progress goes to stderr; the last line of
// stdout is one JSON object with `--json`.

import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Amounts, type EpisodePlan, planEpisodes, runEpisode } from './plan.ts';
import { Results } from './result-file.ts';
import { summarise } from './summary.ts';

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '0' },
    stops: { type: 'string', default: '0' },
    disk: { type: 'string', default: '0' },
    readonly: { type: 'string', default: '0' },
    clock: { type: 'string', default: '0' },
    long: { type: 'string', default: '0' },
    seed: { type: 'string', default: '1' },
    'at-once': { type: 'string', default: '2' },
    results: { type: 'string', default: join(import.meta.dirname, 'results') },
    json: { type: 'boolean', default: false },
  },
});

function numberOf(name: keyof Amounts | 'seed' | 'at-once', least = 0): number {
  const number = Number(values[name]);
  if (Number.isInteger(number) && number >= least) return number;
  console.error(`--${name}: ${values[name]} is not a whole number from ${least} on.`);
  process.exit(2);
}

const seed = numberOf('seed');
const amounts: Amounts = {
  kills: numberOf('kills'),
  stops: numberOf('stops'),
  disk: numberOf('disk'),
  readonly: numberOf('readonly'),
  clock: numberOf('clock'),
  long: numberOf('long'),
};
const plans = planEpisodes(amounts, seed);
if (plans.length === 0) {
  console.error('chaos: name what to do, such as --kills 20 --stops 5 --disk 1 --readonly 1.');
  process.exit(2);
}
const results = new Results(values.results, seed);
const waiting = plans.filter((plan) => results.find(plan) === null);
console.error(`${plans.length} episodes, ${plans.length - waiting.length} of them done before`);

async function work(): Promise<void> {
  for (let plan = waiting.shift(); plan !== undefined; plan = waiting.shift()) await one(plan);
}

async function one(plan: EpisodePlan): Promise<void> {
  const record = await runEpisode(plan);
  results.add(record);
  const seconds = (record.durationMs / 1000).toFixed(1);
  const bad = record.failures.length;
  const told = record.notRun ?? (bad === 0 ? 'ok' : `${bad} FAILURES`);
  console.error(`episode ${plan.index} (${plan.kind}): ${told}, ${seconds} s`);
  for (const failure of record.failures.slice(0, 10)) console.error(`  ${failure}`);
}

const startedMs = performance.now();
await Promise.all(Array.from({ length: numberOf('at-once', 1) }, work));
const records = plans.map((plan) => results.find(plan)).filter((record) => record !== null);
const summary = summarise(records);
const elapsedMs = Math.round(performance.now() - startedMs);
const shown = { check: 'chaos', seed, passed: summary.failedEpisodes === 0, ...summary, elapsedMs };
console.log(values.json ? JSON.stringify(shown) : JSON.stringify(shown, null, 2));
process.exitCode = shown.passed ? 0 : 1;

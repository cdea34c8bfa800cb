// Simulates clusters seed by seed and judges what they did:
//   npm run sim -- --cluster-days 50 --seed 1 --json
//   npm run sim -- --replay 17 --verbose [--history out.jsonl]
// Progress goes to stderr; the last line of stdout is one JSON object.

import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { intlZoneData } from '../../packages/tickwork/src/platform/zone-data.ts';
import { formatHistory } from '../../packages/tickwork/src/testing/history/history-writer.ts';
import {
  type CampaignResult,
  type Failure,
  runCampaign,
} from '../../packages/tickwork/src/testing/simulation/campaign.ts';
import type {
  SimulationLimits,
  SimulationResult,
} from '../../packages/tickwork/src/testing/simulation/simulate.ts';

const { values } = parseArgs({
  options: {
    'cluster-days': { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    hours: { type: 'string' },
    nodes: { type: 'string' },
    jobs: { type: 'string' },
    replay: { type: 'string' },
    history: { type: 'string' },
    failures: { type: 'string', default: '5' },
    'repeat-every': { type: 'string', default: '10' },
    json: { type: 'boolean', default: false },
    verbose: { type: 'boolean', default: false },
  },
});

const shownMax = values.verbose ? 1000 : 5;

type NumberOption =
  | 'cluster-days'
  | 'seed'
  | 'hours'
  | 'nodes'
  | 'jobs'
  | 'failures'
  | 'repeat-every';

function numberOf(name: NumberOption): number {
  const number = Number(values[name]);
  if (Number.isFinite(number) && number > 0) return number;
  console.error(`--${name}: ${values[name]} is not a number above 0.`);
  process.exit(2);
}

function limitsOf(): SimulationLimits {
  return {
    ...(values.hours === undefined ? {} : { hours: numberOf('hours') }),
    ...(values.nodes === undefined ? {} : { nodes: numberOf('nodes') }),
    ...(values.jobs === undefined ? {} : { jobsMax: numberOf('jobs') }),
  };
}

/** The one command that repeats a seed with the same limits. */
function replayCommand(seed: number): string {
  const given = (['hours', 'nodes', 'jobs'] as const).flatMap((name) =>
    values[name] === undefined ? [] : [`--${name}`, values[name]],
  );
  return ['npm run sim -- --replay', String(seed), '--verbose', ...given].join(' ');
}

function tellSeed(seed: number, result: SimulationResult, doneDays: number): void {
  const { check, options } = result;
  const bad = check.violations.length + result.defects.length;
  console.error(
    `seed ${seed}: ${bad === 0 ? 'ok' : `${bad} VIOLATIONS`}, ${options.nodes} nodes, ` +
      `${options.jobs} jobs, ${check.startCount} starts, ${result.eventCount} events, ` +
      `${doneDays.toFixed(1)} cluster-days`,
  );
  if (values.verbose) console.error(JSON.stringify(options));
  if (values.history !== undefined) writeFileSync(values.history, formatHistory(result.history));
}

function tellFailure(failure: Failure): void {
  console.error(`\nseed ${failure.seed} fails; replay it by\n  ${replayCommand(failure.seed)}`);
  console.error(`  options: ${JSON.stringify(failure.options)}`);
  if (failure.diverged) console.error('  two runs of the seed differ');
  for (const defect of failure.defects.slice(0, shownMax)) console.error(`  defect: ${defect}`);
  for (const { verdict, text, facts } of failure.violations.slice(0, shownMax)) {
    console.error(`  ${verdict}: ${text}\n    ${JSON.stringify(facts)}`);
  }
  const hidden = failure.violations.length - shownMax;
  if (hidden > 0) console.error(`  … and ${hidden} more`);
}

async function main(): Promise<CampaignResult> {
  const replay = values.replay;
  const limits = limitsOf();
  const days = replay === undefined ? numberOf('cluster-days') : (limits.hours ?? 24) / 24;
  return await runCampaign({
    seed: replay === undefined ? numberOf('seed') : Number(replay),
    clusterDays: days,
    zoneData: intlZoneData(),
    limits,
    failuresMax: numberOf('failures'),
    repeatEvery: numberOf('repeat-every'),
    onSeed: tellSeed,
  });
}

const startedAt = performance.now();
const result = await main();
for (const failure of result.failures) tellFailure(failure);
console.error(`\n${result.verdict}: ${result.why}`);
const durationMs = Math.round(performance.now() - startedAt);
const { failures, ...summary } = result;
const shown = {
  ...summary,
  failedSeeds: failures.map((each) => each.seed),
  durationMs,
  eventsPerSecond: Math.round(result.events / (durationMs / 1000)),
};
console.log(values.json ? JSON.stringify(shown) : JSON.stringify(shown, null, 2));
process.exitCode = result.verdict === 'invalid' || result.verdict === 'unknown' ? 1 : 0;

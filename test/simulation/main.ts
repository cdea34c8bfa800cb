// Simulates clusters seed by seed and judges what they did:
//   npm run sim -- --cluster-days 50 --seed 1 --json [--jobs 2]
//   npm run sim -- --cluster-days 2000 --seed 1 --json --results test/simulation/results
//   npm run sim -- --replay 17 --verbose [--history out.jsonl]
// With --results, a campaign that was interrupted goes on where it ended, and its result is
// kept for RELIABILITY.md. Progress goes to stderr; the last line of stdout is one JSON object.

import { writeFileSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { intlZoneData } from '../../packages/tickwork/src/platform/zone-data.ts';
import { formatHistory } from '../../packages/verify/src/history/history-writer.ts';
import {
  type CampaignPlan,
  runCampaign,
  runSeeds,
} from '../../packages/verify/src/simulation/campaign.ts';
import type { CampaignResult } from '../../packages/verify/src/simulation/campaign-result.ts';
import type { SeedOutcome } from '../../packages/verify/src/simulation/seed-outcome.ts';
import { type SimulationLimits, simulate } from '../../packages/verify/src/simulation/simulate.ts';
import { CampaignFile } from './campaign-file.ts';
import { Workers } from './workers.ts';

const { values } = parseArgs({
  options: {
    'cluster-days': { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    hours: { type: 'string' },
    nodes: { type: 'string' },
    'jobs-max': { type: 'string' },
    jobs: { type: 'string', default: String(availableParallelism()) },
    replay: { type: 'string' },
    history: { type: 'string' },
    results: { type: 'string' },
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
  | 'jobs-max'
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
    ...(values['jobs-max'] === undefined ? {} : { jobsMax: numberOf('jobs-max') }),
  };
}

/** The one command that repeats a seed with the same limits. */
function replayCommand(seed: number): string {
  const given = (['hours', 'nodes', 'jobs-max'] as const).flatMap((name) =>
    values[name] === undefined ? [] : [`--${name}`, values[name]],
  );
  return ['npm run sim -- --replay', String(seed), '--verbose', ...given].join(' ');
}

function tellSeed(outcome: SeedOutcome, doneDays: number): void {
  const { options, counts } = outcome;
  const bad = outcome.violations.length + outcome.defects.length;
  console.error(
    `seed ${outcome.seed}: ${bad === 0 ? 'ok' : `${bad} VIOLATIONS`}, ${options.nodes} nodes, ` +
      `${options.jobs} jobs, ${counts.startCount} starts, ${counts.events} events, ` +
      `${doneDays.toFixed(1)} cluster-days`,
  );
  if (values.verbose) console.error(JSON.stringify(options));
}

function tellFailure(failure: SeedOutcome): void {
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

function planOf(): CampaignPlan {
  const replay = values.replay;
  const limits = limitsOf();
  const days = replay === undefined ? numberOf('cluster-days') : (limits.hours ?? 24) / 24;
  return {
    ...{
      seed: replay === undefined ? numberOf('seed') : Number(replay),
      clusterDays: days,
      limits,
    },
    failuresMax: numberOf('failures'),
    repeatEvery: numberOf('repeat-every'),
    onSeed: tellSeed,
  };
}

/** The seed that is replayed has its history written; it runs in this process. */
async function replay(): Promise<CampaignResult> {
  const zoneData = intlZoneData();
  const plan = planOf();
  if (values.history !== undefined) {
    const result = await simulate({ seed: String(plan.seed), zoneData, limits: limitsOf() });
    writeFileSync(values.history, formatHistory(result.history));
  }
  return await runCampaign({ ...plan, zoneData });
}

/** A slow seed must not keep the workers waiting: that many seeds for each are begun. */
const AHEAD = 8;

async function campaign(file: CampaignFile | null): Promise<CampaignResult> {
  const plan = planOf();
  const count = numberOf('jobs');
  const workers = new Workers(count, plan.limits ?? {});
  if (file !== null && file.count > 0) console.error(`${file.count} seeds were done before`);
  try {
    return await runSeeds({ ...plan, atOnce: count * AHEAD }, async (seed, twice) => {
      const known = file?.find(seed) ?? null;
      if (known !== null) return known;
      const outcome = await workers.run(seed, twice);
      file?.add(outcome);
      return outcome;
    });
  } finally {
    workers.close();
  }
}

const startedAt = performance.now();
const file =
  values.results === undefined || values.replay !== undefined
    ? null
    : new CampaignFile(values.results, planOf());
const result = values.replay === undefined ? await campaign(file) : await replay();
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
file?.finish({ ...shown, ...file.facts });
console.log(values.json ? JSON.stringify(shown) : JSON.stringify(shown, null, 2));
process.exitCode = result.verdict === 'invalid' || result.verdict === 'unknown' ? 1 : 0;

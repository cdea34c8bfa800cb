// Breaks the engine on purpose, one rule at a time, and shows that the simulation notices:
//   node tools/run.mjs test/mutants/main.ts [--seeds 200] [--hours 3] [--only <part of a name>]
// Each mutant is a copy of the sources in a temporary folder with one change. The last line of
// stdout is one JSON object; the exit status is 1 if a mutant was not noticed.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Mutant, mutants } from './mutants.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    hours: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
  },
});

const root = join(import.meta.dirname, '../..');
const sources = 'packages/tickwork/src';
const hours = Number(values.hours);
const clusterDays = (Number(values.seeds) * hours) / 24;

interface Outcome {
  readonly name: string;
  readonly caught: boolean;
  /** Seeds that were simulated until the defect showed. */
  readonly seeds: number;
  readonly verdicts: Readonly<Record<string, number>>;
}

function apply(mutant: Mutant, folder: string): void {
  const path = join(folder, sources, mutant.file);
  const text = readFileSync(path, 'utf8');
  const count = text.split(mutant.find).length - 1;
  if (count !== 1) {
    throw new Error(
      `${mutant.name}: the text to be changed stands ${count} times in ${mutant.file}`,
    );
  }
  writeFileSync(
    path,
    text.replace(mutant.find, () => mutant.replace),
  );
}

function simulateIn(folder: string): Omit<Outcome, 'name'> {
  const options = ['--cluster-days', String(clusterDays), '--hours', String(hours)];
  const run = spawnSync(
    process.execPath,
    ['test/simulation/main.ts', ...options, '--failures', '1', '--json'],
    { cwd: folder, encoding: 'utf8', timeout: 300_000, maxBuffer: 64 * 1024 * 1024 },
  );
  // Out of time proves nothing, neither for nor against.
  if (run.error !== undefined) return { caught: false, seeds: 0, verdicts: { 'out of time': 1 } };
  const line = run.stdout.trim().split('\n').at(-1) ?? '';
  if (!line.startsWith('{')) {
    // A mutant may be so broken that the simulation itself falls over: that is noticed too.
    return { caught: true, seeds: 1, verdicts: { crashed: 1 } };
  }
  const result = JSON.parse(line) as {
    verdict: string;
    seedCount: number;
    violations: Record<string, number>;
  };
  const caught = result.verdict === 'invalid';
  return { caught, seeds: result.seedCount, verdicts: result.violations };
}

function tryMutant(mutant: Mutant | null): Outcome {
  const folder = mkdtempSync(join(tmpdir(), 'tickwork-mutant-'));
  try {
    cpSync(join(root, sources), join(folder, sources), { recursive: true });
    cpSync(join(root, 'test/simulation'), join(folder, 'test/simulation'), { recursive: true });
    writeFileSync(join(folder, 'package.json'), '{ "type": "module" }\n');
    if (mutant !== null) apply(mutant, folder);
    return { name: mutant?.name ?? 'unchanged', ...simulateIn(folder) };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function tell(outcome: Outcome): void {
  const how = outcome.caught ? `caught after ${outcome.seeds} seeds` : 'NOT CAUGHT';
  const verdicts = Object.entries(outcome.verdicts).map(([name, count]) => `${name} ${count}`);
  console.error(`${outcome.name}: ${how} ${verdicts.join(', ')}`);
}

const chosen = mutants.filter((mutant) => mutant.name.includes(values.only));
const unchanged = tryMutant(null);
console.error(`unchanged: ${unchanged.caught ? 'FAILS' : 'clean'} in ${unchanged.seeds} seeds`);
const outcomes = chosen.map((mutant) => {
  const outcome = tryMutant(mutant);
  tell(outcome);
  return outcome;
});
const missed = outcomes.filter((outcome) => !outcome.caught).map((outcome) => outcome.name);
const clean = !unchanged.caught;
console.log(JSON.stringify({ clean, mutants: outcomes.length, missed, outcomes }));
process.exitCode = missed.length > 0 || !clean ? 1 : 0;

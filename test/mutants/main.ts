// Breaks the engine on purpose, one rule at a time, and shows that the simulation notices:
//   npm run mutants -- --seeds 200 --json [--hours 3] [--write]
//     [--only <part of a name>] [--from <part of a name>]
// Each mutant is a copy of the sources in a temporary folder with one change. The last line of
// stdout is one JSON object; the exit status is 1 if a mutant was not noticed. `--write` keeps
// the outcome in results.json, from which `npm run reference` makes docs/reference/mutants.md.

import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Mutant, mutants } from './mutants.ts';
import type { MutantOutcome, MutantResults } from './results.ts';

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '200' },
    hours: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    from: { type: 'string', default: '' },
    json: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});

const root = join(import.meta.dirname, '../..');
const sources = 'packages/tickwork/src';
const hours = Number(values.hours);
const seedsMax = Number(values.seeds);
const OUT_OF_TIME_MS = 900_000;

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

function simulateIn(folder: string): Omit<MutantOutcome, 'name'> {
  const days = String((seedsMax * hours) / 24);
  const options = ['--cluster-days', days, '--hours', String(hours), '--repeat-every', '1000000'];
  const run = spawnSync(
    process.execPath,
    ['test/simulation/main.ts', ...options, '--failures', '1', '--json'],
    { cwd: folder, encoding: 'utf8', timeout: OUT_OF_TIME_MS, maxBuffer: 64 * 1024 * 1024 },
  );
  const unseen = { caught: false, seed: null } as const;
  // Out of time proves nothing, neither for nor against.
  if (run.error !== undefined) return { ...unseen, verdicts: { 'out of time': 1 } };
  const line = run.stdout.trim().split('\n').at(-1) ?? '';
  // A mutant may be so broken that the simulation itself falls over: that is noticed too.
  if (!line.startsWith('{')) return { caught: true, seed: 1, verdicts: { crashed: 1 } };
  const result = JSON.parse(line) as {
    failedSeeds: readonly number[];
    violations: Record<string, number>;
  };
  const seed = result.failedSeeds[0] ?? null;
  return { caught: seed !== null, seed, verdicts: result.violations };
}

function tryMutant(mutant: Mutant | null): MutantOutcome {
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

function tell(outcome: MutantOutcome): void {
  const how = outcome.caught ? `caught by seed ${outcome.seed}` : 'NOT CAUGHT';
  const verdicts = Object.entries(outcome.verdicts).map(([name, count]) => `${name} ${count}`);
  console.error(`${outcome.name}: ${how} ${verdicts.join(', ')}`);
}

const first = mutants.findIndex((mutant) => mutant.name.includes(values.from));
const chosen = mutants.slice(first).filter((mutant) => mutant.name.includes(values.only));
const outcomes = chosen.map((mutant) => {
  const outcome = tryMutant(mutant);
  tell(outcome);
  return outcome;
});
const unchanged = tryMutant(null);
tell(unchanged);
const missed = outcomes.filter((outcome) => !outcome.caught).map((outcome) => outcome.name);
const clean = !unchanged.caught && Object.keys(unchanged.verdicts).length === 0;
const git = spawnSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: root, encoding: 'utf8' });
const commit = git.stdout?.trim() ?? '';
const results: MutantResults = { commit, seedsMax, hours, clean, missed, outcomes };
if (values.write) {
  const path = join(import.meta.dirname, 'results.json');
  writeFileSync(path, `${JSON.stringify(results, null, 2)}\n`);
}
console.log(values.json ? JSON.stringify(results) : JSON.stringify(results, null, 2));
process.exitCode = missed.length > 0 || !clean ? 1 : 0;

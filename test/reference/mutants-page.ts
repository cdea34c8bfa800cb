import { readFileSync } from 'node:fs';
import { mutants } from '../mutants/mutants.ts';
import type { MutantOutcome, MutantResults } from '../mutants/results.ts';

/** The table of seeded defects, from what `npm run mutants -- --write` has found. */
export function mutantsPage(): readonly string[] {
  const path = new URL('../mutants/results.json', import.meta.url);
  const results = JSON.parse(readFileSync(path, 'utf8')) as MutantResults;
  const outcomeOf = new Map(results.outcomes.map((each) => [each.name, each]));
  const rows = mutants.map(({ name, file }) => {
    return `| ${name} | \`${file}\` | ${caught(outcomeOf.get(name))} |`;
  });
  const caughtCount = results.outcomes.filter((each) => each.caught).length;
  const unchanged = results.clean ? 'keeps its promises' : 'FAILS';
  return [
    'Does the simulation notice when the engine is wrong? Each row is one rule broken on purpose',
    'in a copy of the sources; simulated clusters run, seed after seed, until the checker objects.',
    `Of ${results.outcomes.length} defects ${caughtCount} were caught in at most`,
    `${results.seedsMax} seeds of ${results.hours} hours each, at commit ${results.commit}; the`,
    `unchanged engine ${unchanged} in all of them. *Crashed* means that the simulation itself`,
    'fell over. Seeds stand for other clusters once the simulation draws otherwise. Try it:',
    `\`npm run mutants -- --seeds 200 --write\`, then`,
    '`npm run reference`.',
    '',
    '| Defect | File | Caught by seed | Verdicts |',
    '| --- | --- | --- | --- |',
    ...rows,
  ];
}

function caught(outcome: MutantOutcome | undefined): string {
  if (outcome === undefined) return 'not tried | ';
  const verdicts = Object.entries(outcome.verdicts).map(([name, count]) => `${name} ${count}`);
  return `${outcome.seed ?? '**not caught**'} | ${verdicts.join(', ')}`;
}

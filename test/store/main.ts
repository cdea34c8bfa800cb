// Compares stores with the model over many random sequences of calls:
//   npm run verify:store -- [--store sqlite] [--sequences 20000] [--seed 1] [--json]
// The last line of stdout is one JSON object with `--json`, else a sentence. Exit status 1 and the
// smallest failing sequence on a difference.

import { performance } from 'node:perf_hooks';
import { parseArgs } from 'node:util';
import { stores, verifySequences } from './sequences.ts';

const { values } = parseArgs({
  options: {
    store: { type: 'string', multiple: true },
    sequences: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    json: { type: 'boolean', default: false },
  },
});

const sequences = Number(values.sequences);
const seed = Number(values.seed);
const names = values.store ?? Object.keys(stores);
const usable = names.every((name) => Object.hasOwn(stores, name));
if (!usable || !(sequences >= 1) || !Number.isInteger(seed)) {
  const known = Object.keys(stores).join(', ');
  console.error(`verify:store: --store is one of ${known}; --sequences and --seed are integers.`);
  process.exit(2);
}

interface Verdict {
  readonly store: string;
  readonly sequences: number;
  readonly commands: number;
  readonly runsEnded: number;
  readonly seconds: number;
  readonly passed: boolean;
}

async function verify(name: string): Promise<Verdict> {
  const open = stores[name];
  if (open === undefined) throw new Error(`There is no store ${name}.`);
  const startedMs = performance.now();
  const seconds = (): number => Math.round((performance.now() - startedMs) / 100) / 10;
  try {
    const totals = await verifySequences(open, { sequences, seed });
    return { store: name, ...totals, seconds: seconds(), passed: true };
  } catch (error) {
    console.error(error);
    return { store: name, sequences, commands: 0, runsEnded: 0, seconds: seconds(), passed: false };
  }
}

const verdicts: Verdict[] = [];
for (const name of names) verdicts.push(await verify(name));
const passed = verdicts.every((verdict) => verdict.passed);
if (values.json) console.log(JSON.stringify({ check: 'store', seed, passed, stores: verdicts }));
else {
  for (const { store, passed: equal, commands, seconds } of verdicts) {
    const verdict = equal ? 'answers as the model does' : 'DIFFERS from the model';
    console.log(`${store} ${verdict} (${sequences} sequences, ${commands} calls, ${seconds} s)`);
  }
}
process.exitCode = passed ? 0 : 1;

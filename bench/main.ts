import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.ts';

/**
 * `npm run bench -- <name> [--rounds n] [--json]`: measures one part beside its
 * peers. Tables go to stderr, so that the last line of stdout is the result as
 * one JSON object.
 */
const benchmarks: Readonly<Record<string, () => Promise<Benchmark>>> = {
  store: async () => (await import('./store/store-bench.ts')).storeBench,
  trigger: async () => (await import('./trigger/trigger-bench.ts')).triggerBench,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    json: { type: 'boolean', default: false },
  },
});

const name = positionals[0] ?? '';
const load = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
const rounds = Number(values.rounds);
if (load === undefined || !Number.isSafeInteger(rounds) || rounds < 1) {
  const known = Object.keys(benchmarks).join(', ');
  process.stderr.write(`usage: npm run bench -- <name> [--rounds n] [--json]; names: ${known}\n`);
  process.exit(2);
}

const benchmark = await load();
const say = (line: string) => process.stderr.write(`${line}\n`);
say(benchmark.summary);
const result = await benchmark.run({ rounds, say });
const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`;
const report = { ...result, machine, node: process.version };
process.stdout.write(`${JSON.stringify(report, null, values.json ? undefined : 2)}\n`);

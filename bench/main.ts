import { writeFileSync } from 'node:fs';
import { cpus, loadavg } from 'node:os';
import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.ts';

/**
 * `npm run bench -- <name> [--rounds n] [--only part,part] [--size n] [--save file] [--json]`:
 * measures one part beside its peers. Tables go to stderr, so that the last line of stdout is
 * the result as one JSON object.
 */
const benchmarks: Readonly<Record<string, () => Promise<Benchmark>>> = {
  embedded: async () => (await import('./embedded/embedded-bench.ts')).embeddedBench,
  store: async () => (await import('./store/store-bench.ts')).storeBench,
  trigger: async () => (await import('./trigger/trigger-bench.ts')).triggerBench,
};

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    rounds: { type: 'string', default: '5' },
    only: { type: 'string' },
    size: { type: 'string' },
    save: { type: 'string' },
    json: { type: 'boolean', default: false },
  },
});

const name = positionals[0] ?? '';
const loadBenchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
const rounds = Number(values.rounds);
if (loadBenchmark === undefined || !Number.isSafeInteger(rounds) || rounds < 1) {
  const known = Object.keys(benchmarks).join(', ');
  process.stderr.write(`usage: npm run bench -- <name> [--rounds n] [--json]; names: ${known}\n`);
  process.exit(2);
}

const benchmark = await loadBenchmark();
const say = (line: string) => process.stderr.write(`${line}\n`);
say(benchmark.summary);
const only = values.only?.split(',') ?? null;
const size = values.size === undefined ? null : Number(values.size);
const result = await benchmark.run({ rounds, only, size, say });
const machine = `${cpus().length} × ${cpus()[0]?.model.trim() ?? 'unknown'}`;
const load = loadavg().map((each) => Number(each.toFixed(1)));
const report = { ...result, name, rounds, machine, load, node: process.version };
if (values.save !== undefined) {
  writeFileSync(values.save, `${JSON.stringify(report, null, 2)}\n`);
}
process.stdout.write(`${JSON.stringify(report, null, values.json ? undefined : 2)}\n`);

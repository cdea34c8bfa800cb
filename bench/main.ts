import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Benchmark } from './benchmark.ts';
import { benchmarksPage } from './page.ts';
import { type BenchFile, beginFile, keepFile, readFiles } from './result-file.ts';

/**
 * `npm run bench -- <name> [--rounds n] [--only part,part] [--size n] [--write] [--save file]
 * [--json]`: measures one benchmark beside its peers. Tables go to stderr, so that the last line
 * of stdout is the result as one JSON object. `--write` keeps the result of each part in
 * `bench/results` and makes `docs/reference/benchmarks.md` anew; `--page` alone does the latter.
 */
const benchmarks: Readonly<Record<string, () => Promise<Benchmark>>> = {
  embedded: async () => (await import('./embedded/embedded-bench.ts')).embeddedBench,
  store: async () => (await import('./store/store-bench.ts')).storeBench,
  trigger: async () => (await import('./trigger/trigger-bench.ts')).triggerBench,
};

const say = (line: string): boolean => process.stderr.write(`${line}\n`);
const { values, positionals } = readArguments();
const name = positionals[0] ?? '';
const loadBenchmark = Object.hasOwn(benchmarks, name) ? benchmarks[name] : undefined;
const rounds = Number(values.rounds);
const size = values.size === undefined ? null : Number(values.size);

function readArguments() {
  try {
    return parseArgs({
      allowPositionals: true,
      options: {
        rounds: { type: 'string', default: '5' },
        only: { type: 'string' },
        size: { type: 'string' },
        save: { type: 'string' },
        write: { type: 'boolean', default: false },
        page: { type: 'boolean', default: false },
        json: { type: 'boolean', default: false },
      },
    });
  } catch (error) {
    refuse((error as Error).message);
  }
}

function writePage(): void {
  const path = 'docs/reference/benchmarks.md';
  writeFileSync(join(import.meta.dirname, '..', path), benchmarksPage(readFiles()));
  say(path);
}

function refuse(why: string): never {
  const known = Object.keys(benchmarks).join(', ');
  say(why);
  say('usage: npm run bench -- <name> [--rounds n] [--only part,part] [--size n] [--write]');
  say(`names: ${known}; npm run bench -- --page writes the page of the kept results`);
  process.exit(2);
}

/** Each part is measured and kept by itself, so that it can be measured again alone. */
async function measure(benchmark: Benchmark): Promise<BenchFile[]> {
  const { parts } = benchmark;
  const only = values.only?.split(',') ?? parts ?? null;
  for (const part of only ?? []) {
    if (!parts?.includes(part)) refuse(`--only: there is no part ${part}.`);
  }
  const files: BenchFile[] = [];
  for (const part of only ?? [null]) {
    const end = beginFile(name, part, rounds);
    const options = { rounds, size, say, only: part === null ? null : [part] };
    const file = end(await benchmark.run(options));
    if (values.write) keepFile(file);
    files.push(file);
  }
  return files;
}

if (values.page && name === '') {
  writePage();
  process.exit(0);
}
if (loadBenchmark === undefined) refuse(`There is no benchmark ${JSON.stringify(name)}.`);
if (!Number.isSafeInteger(rounds) || rounds < 1) refuse('--rounds must be a whole number from 1.');
if (size !== null && (!Number.isSafeInteger(size) || size < 1)) {
  refuse('--size must be a whole number from 1 on.');
}
if (values.write && size !== null) refuse('--write keeps only results of the full size.');

const benchmark = await loadBenchmark();
say(benchmark.summary);
const files = await measure(benchmark);
if (values.write) writePage();
const merged = {
  name,
  ...{ rounds, machine: files[0]?.machine, node: process.version, load: files.at(-1)?.load },
  figures: Object.assign({}, ...files.map(({ figures }) => figures)) as object,
  ratios: Object.assign({}, ...files.map(({ ratios }) => ratios)) as object,
  goals: Object.assign({}, ...files.map(({ goals }) => goals)) as object,
  parts: files.map(({ part, settings, spreads }) => ({ part, settings, spreads })),
};
if (values.save !== undefined) {
  writeFileSync(values.save, `${JSON.stringify(merged, null, 2)}\n`);
}
process.stdout.write(`${JSON.stringify(merged, null, values.json ? undefined : 2)}\n`);

import type { Benchmark, BenchOptions, BenchResult } from '../benchmark.ts';
import { rounded, spreadOf } from '../rounds.ts';
import { drain } from './drain.ts';
import { idle, lateness, register } from './jobs.ts';
import { latency } from './latency.ts';
import type { Note } from './measure.ts';

const RUNS = 200_000;
const JOBS = 1_000_000;

type Part = (options: BenchOptions, note: Note) => Promise<void>;

const parts: Readonly<Record<string, Part>> = {
  drain: (options, note) => drain(options.size ?? RUNS, note),
  latency: (_, note) => latency(note),
  register: (options, note) => register(options.size ?? JOBS, note),
  idle: (options, note) => idle(options.size ?? JOBS, note),
  lateness: async (options, note) => {
    for (const jobs of options.size === null ? [10_000, 100_000] : [options.size]) {
      await lateness(jobs, 'spread', note);
      await lateness(jobs, 'burst', note);
    }
  },
};

/** The whole engine on a SQLite file with durable settings, beside what SQLite itself can do. */
export const embeddedBench: Benchmark = {
  summary: `embedded engine; parts (--only): ${Object.keys(parts).join(', ')}`,
  run: runEmbeddedBench,
};

async function runEmbeddedBench(options: BenchOptions): Promise<BenchResult> {
  const names = options.only ?? Object.keys(parts);
  const samples = new Map<string, number[]>();
  const note: Note = (name, value) => {
    samples.set(name, [...(samples.get(name) ?? []), value]);
  };
  for (let round = 1; round <= options.rounds; round++) {
    for (const name of names) {
      const part = parts[name];
      if (part === undefined) throw new Error(`There is no part ${name}.`);
      await part(options, note);
    }
    options.say(`round ${round} of ${options.rounds} done`);
  }
  const figures: Record<string, number> = {};
  const spreads: Record<string, readonly [number, number]> = {};
  for (const [name, values] of samples) {
    const { median, min, max } = spreadOf(values);
    figures[name] = rounded(median);
    spreads[name] = [rounded(min), rounded(max)];
    options.say(`${name.padEnd(30)} ${rounded(median)}  [${rounded(min)}..${rounded(max)}]`);
  }
  const settings = { journal: 'WAL', synchronous: 'FULL', size: options.size, spreads };
  return { figures, ratios: ratiosOf(samples), settings };
}

/** Ratios of values of one round, so that the noise of a busy machine hits both; the median. */
function ratiosOf(samples: ReadonlyMap<string, readonly number[]>): Record<string, number> {
  const ratios: Record<string, number> = {};
  const add = (name: string, ours: string, theirs: string): void => {
    const below = samples.get(theirs) ?? [];
    const quotients = (samples.get(ours) ?? []).map((value, i) => value / (below[i] ?? Number.NaN));
    if (quotients.length > 0) ratios[name] = rounded(spreadOf(quotients).median);
  };
  add('drainToRaw', 'engineDrainPerSecond', 'rawDrainPerSecond');
  add('drainCpuOfRaw', 'rawDrainCpuUs', 'engineDrainCpuUs');
  add('enqueueToRaw', 'engineEnqueuePerSecond', 'rawEnqueuePerSecond');
  add('registrationToRaw', 'registerPerSecond', 'rawRegisterPerSecond');
  add('immediateToFdatasync', 'immediateP50Ms', 'fdatasyncMs');
  return ratios;
}

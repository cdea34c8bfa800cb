import type { Benchmark, BenchOptions, BenchResult } from '../benchmark.ts';
import { inChild } from '../child.ts';
import { installedVersion } from '../installed-version.ts';
import { Samples } from '../samples.ts';
import { BATCH } from './drain.ts';
import { embeddedGoals } from './goals.ts';
import { withDirectory } from './measure.ts';
import type { ChildPart, ChildRequest, Pattern } from './request.ts';

const RUNS = 200_000;
const JOBS = 1_000_000;
const IMMEDIATE_RUNS = 300;
/** As many as are due in one second of a minute of a million jobs, and some more. */
const LATENESS_SLOTS = 100_000;
const DAY_MS = 86_400_000;
const PEERS = ['croner', 'node-cron', 'cron-schedule'];

const program = new URL('./child-main.ts', import.meta.url);

type Part = (options: BenchOptions, samples: Samples) => Promise<void>;

const parts: Readonly<Record<string, Part>> = {
  drain,
  latency,
  register,
  idle,
  lateness: async (options, samples) => {
    await latenessOf(10_000, ['spread', 'burst'], options, samples);
    await peers(options, samples);
  },
  lateness100k: (...rest) => latenessOf(100_000, ['spread', 'burst'], ...rest),
  lateness1m: (...rest) => latenessOf(JOBS, ['spread'], ...rest),
};

/** The whole engine on a SQLite file with durable settings, beside what SQLite itself can do. */
export const embeddedBench: Benchmark = {
  summary: `embedded engine; parts (--only): ${Object.keys(parts).join(', ')}`,
  parts: Object.keys(parts),
  run: runEmbeddedBench,
};

async function runEmbeddedBench(options: BenchOptions): Promise<BenchResult> {
  const names = options.only ?? Object.keys(parts);
  const samples = new Samples();
  for (let round = 1; round <= options.rounds; round++) {
    for (const name of names) {
      const part = parts[name];
      if (part === undefined) throw new Error(`There is no part ${name}.`);
      await part(options, samples);
      options.say(`${name}: round ${round} of ${options.rounds} done`);
    }
  }
  addRatios(samples, options.size ?? 10_000);
  const versions = Object.fromEntries(PEERS.map((name) => [name, installedVersion(name)]));
  return {
    ...samples.result(options.size === null ? embeddedGoals : {}, options.say),
    settings: {
      ...{ journal: 'WAL', synchronous: 'FULL', size: options.size },
      ...(names.includes('lateness') ? { peers: versions } : {}),
    },
  };
}

async function ask(part: ChildPart, rest: Partial<ChildRequest>): ReturnType<typeof inChild> {
  const common = { directory: '', size: 0, slots: BATCH, pattern: 'spread', peer: '' } as const;
  const request: ChildRequest = { ...common, beginsAt: minuteAfter(DAY_MS), ...rest, part };
  return await inChild(program, request);
}

async function drain(options: BenchOptions, samples: Samples): Promise<void> {
  const size = options.size ?? RUNS;
  await withDirectory(async (directory) => {
    noteAll('raw', await ask('raw-drain', { directory, size }), samples);
  });
  for (const [name, slots] of [['engine', BATCH] as const, ['engineDefault', 100] as const]) {
    await withDirectory(async (directory) => {
      noteAll(name, await ask('engine-drain', { directory, size, slots }), samples);
      if (name !== 'engine') return;
      const { findings } = await ask('audit', { directory });
      samples.note('drainAuditFindings', findings ?? Number.NaN);
    });
  }
}

async function latency(options: BenchOptions, samples: Samples): Promise<void> {
  await withDirectory(async (directory) => {
    const size = options.size ?? IMMEDIATE_RUNS;
    noteAll('', await ask('latency', { directory, size }), samples);
  });
}

async function register(options: BenchOptions, samples: Samples): Promise<void> {
  const size = options.size ?? JOBS;
  const ways = [
    ['rawRegister', 'raw-register'],
    ['storeRegister', 'store-register'],
    ['register', 'fill'],
  ] as const;
  for (const [name, part] of ways) {
    await withDirectory(async (directory) => {
      noteAll(name, await ask(part, { directory, size }), samples);
    });
  }
}

async function idle(options: BenchOptions, samples: Samples): Promise<void> {
  await withDirectory(async (directory) => {
    await ask('fill', { directory, size: options.size ?? JOBS });
    noteAll('idle', await ask('idle', { directory }), samples);
  });
}

async function latenessOf(
  jobs: number,
  patterns: readonly Pattern[],
  options: BenchOptions,
  samples: Samples,
): Promise<void> {
  const size = options.size ?? jobs;
  for (const pattern of patterns) {
    await withDirectory(async (directory) => {
      const beginsAt = minuteAfter(size / 15);
      const request = { directory, size, slots: LATENESS_SLOTS, pattern, beginsAt };
      const name = `${pattern}${size}`;
      await ask('fill', request);
      noteAll(name, await ask('fire', request), samples);
      const { findings } = await ask('audit', request);
      samples.note(`${name}AuditFindings`, findings ?? Number.NaN);
    });
  }
}

/** The same jobs and patterns as ours in this round. */
async function peers(options: BenchOptions, samples: Samples): Promise<void> {
  const size = options.size ?? 10_000;
  for (const peer of PEERS) {
    for (const pattern of ['spread', 'burst'] as const) {
      const request = { size, pattern, peer, beginsAt: minuteAfter(size / 2) };
      noteAll(`${camel(peer)}${capital(pattern)}${size}`, await ask('peer', request), samples);
    }
  }
}

function camel(name: string): string {
  return name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** A whole second by which the preparation, about so many ms, has ended. */
function minuteAfter(preparationMs: number): number {
  return Math.ceil((Date.now() + 8_000 + preparationMs) / 1000) * 1000;
}

function noteAll(name: string, figures: Readonly<Record<string, number>>, samples: Samples): void {
  for (const [figure, value] of Object.entries(figures)) {
    samples.note(name === '' ? figure : `${name}${capital(figure)}`, value);
  }
}

function capital(text: string): string {
  return text.slice(0, 1).toUpperCase() + text.slice(1);
}

function addRatios(samples: Samples, lateJobs: number): void {
  samples.ratio('drainToRaw', 'engineDrainPerSecond', 'rawDrainPerSecond');
  samples.ratio('drainCpuOfRaw', 'rawDrainCpuUs', 'engineDrainCpuUs');
  samples.ratio('enqueueToRaw', 'engineEnqueuePerSecond', 'rawEnqueuePerSecond');
  samples.ratio('registrationToRaw', 'registerPerSecond', 'rawRegisterPerSecond');
  samples.ratio('registrationCpuOfRaw', 'rawRegisterCpuUs', 'registerCpuUs');
  samples.ratio('storeRegistrationToRaw', 'storeRegisterPerSecond', 'rawRegisterPerSecond');
  samples.ratio('immediateToFdatasync', 'immediateP50Ms', 'fdatasyncMs');
  for (const peer of PEERS.map(camel)) {
    for (const pattern of ['Spread', 'Burst']) {
      const theirs = `${peer}${pattern}${lateJobs}LateP99Ms`;
      const ours = `${pattern.toLowerCase()}${lateJobs}LateP99Ms`;
      samples.ratio(`${pattern.toLowerCase()}P99Vs${capital(peer)}`, theirs, ours, 1);
    }
  }
}

import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../packages/tickwork/src/testing/seeded-random.ts';
import { judge, unexpectedErrors, type Verdict } from './judge.ts';
import { Site } from './site.ts';
import { linesOf, type WitnessLine } from './witness.ts';
import { jobs } from './workload.ts';

const LEASE_MS = 2_000;
const HOUR_MS = 3_600_000;
/** The library reads the file that holds the offset anew once a second. */
const NOTICE_MS = 5_000;
/** A node counts on from its last look at the clock, and looks a few times a second. */
const EARLY_MS_MAX = 1_500;

const libraries = [
  '/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib/aarch64-linux-gnu/faketime/libfaketimeMT.so.1',
  '/usr/lib64/faketime/libfaketimeMT.so.1',
];

/** The library that lets a process see another wall clock, or `null`. */
export function findFaketime(): string | null {
  return libraries.find((path) => existsSync(path)) ?? null;
}

/** The wall clock of two processes is set, back and forth, by a second up to two days. */
export async function clockEpisode(
  library: string,
  steps: number,
  random: SeededRandom,
): Promise<Verdict & { readonly steps: number }> {
  let file = '';
  const environment = {
    LD_PRELOAD: library,
    FAKETIME_DONT_FAKE_MONOTONIC: '1',
    FAKETIME_CACHE_DURATION: '1',
    get FAKETIME_TIMESTAMP_FILE(): string {
      return file;
    },
  };
  const site = new Site({ machines: 2, leaseMs: LEASE_MS, jobs, environment });
  file = join(site.directory, 'offset');
  let offsetMs = 0;
  let highestMs = 0;
  const set = async (to: number): Promise<void> => {
    const before = linesOf(site.lines(), 'step').length;
    writeFileSync(file, offsetText(to));
    offsetMs = to;
    highestMs = Math.max(highestMs, to);
    await site.until('a step is noticed', () => linesOf(site.lines(), 'step').length > before);
    await sleep(random.int(1_000, NOTICE_MS));
  };
  try {
    writeFileSync(file, offsetText(0));
    await site.declareJobs();
    for (const machine of site.machines) await site.startAndWait(machine);
    for (let step = 0; step < steps; step++) {
      const sizeMs = Math.round(random.logUniform(2_000, 48 * HOUR_MS));
      await set(offsetMs + (random.chance(0.5) ? sizeMs : -sizeMs));
    }
    // A clock that was set back stands still for the processes; let it go on at the end.
    await set(highestMs + 10_000);
    const goesOnAt = Date.now();
    await site.until('runs start again', () =>
      linesOf(site.lines(), 'start').some(({ t }) => t > goesOnAt + offsetMs),
    );
    await sleep(NOTICE_MS);
    await site.terminate();
    const lines = site.lines();
    site.failures.push(...unexpectedErrors(lines, []), ...earlyStarts(lines));
    return { ...(await judge(site, Date.now(), { checked: false })), steps: steps + 1 };
  } finally {
    await site.remove();
  }
}

function offsetText(offsetMs: number): string {
  return `${offsetMs < 0 ? '-' : '+'}${(Math.abs(offsetMs) / 1000).toFixed(3)}`;
}

/** Nothing starts before its instant by the highest wall clock that was seen so far. */
function earlyStarts(lines: readonly WitnessLine[]): string[] {
  const failures: string[] = [];
  let highestAt = 0;
  for (const line of lines) {
    // Meanwhile a clock that stands still may go on until the step is noticed.
    highestAt = Math.max(highestAt, line.t);
    const earlyMs = line.type === 'start' ? line.fireAt - highestAt : 0;
    if (line.type === 'start' && earlyMs > EARLY_MS_MAX) {
      failures.push(`run ${line.runId} began ${earlyMs} ms before its instant`);
    }
  }
  return failures;
}

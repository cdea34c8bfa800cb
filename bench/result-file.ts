import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { loadavg } from 'node:os';
import { join } from 'node:path';
import { checkoutFacts, type MachineFacts, machineFacts } from '../test/chaos/result-file.ts';
import type { BenchResult } from './benchmark.ts';

/** What was measured of a benchmark or one part of it, and where, when and on what. */
export interface BenchFile extends BenchResult {
  readonly kind: 'bench';
  readonly name: string;
  /** `null` = the benchmark has no parts. */
  readonly part: string | null;
  readonly rounds: number;
  readonly commit: string;
  /** True: the files differed from the commit. */
  readonly changed: boolean;
  readonly startedAt: string;
  readonly machine: MachineFacts;
  /** The machine's load over 1, 5 and 15 minutes, before and after; ours is in the second. */
  readonly load: { readonly before: readonly number[]; readonly after: readonly number[] };
}

const directory = join(import.meta.dirname, 'results');

/** Everything about a measurement that is known before it begins. */
export function beginFile(
  name: string,
  part: string | null,
  rounds: number,
): (result: BenchResult) => BenchFile {
  const frame = {
    ...({ kind: 'bench', name, part, rounds } as const),
    ...checkoutFacts('packages', 'bench/*.ts', 'bench/*/*.ts'),
    startedAt: new Date().toISOString(),
    machine: machineFacts(),
  };
  const before = loadNow();
  return (result) => ({ ...frame, load: { before, after: loadNow() }, ...result });
}

/** Keeps a measurement in place of the former one of the same name and part. */
export function keepFile(file: BenchFile): void {
  mkdirSync(directory, { recursive: true });
  const name = file.part === null ? file.name : `${file.name}-${file.part}`;
  writeFileSync(join(directory, `${name}.json`), `${JSON.stringify(file, null, 1)}\n`);
}

/** All that is kept, by file name. */
export function readFiles(): BenchFile[] {
  if (!existsSync(directory)) return [];
  const names = readdirSync(directory).filter((name) => name.endsWith('.json'));
  return names
    .sort()
    .map((name) => JSON.parse(readFileSync(join(directory, name), 'utf8')) as BenchFile);
}

function loadNow(): number[] {
  return loadavg().map((each) => Number(each.toFixed(1)));
}

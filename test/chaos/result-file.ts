import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { cpus, totalmem } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { EpisodePlan, EpisodeRecord } from './plan.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A batch of episodes, written anew after each of them, so that it can be taken up again. */
export interface ResultFile {
  readonly kind: 'chaos';
  readonly commit: string;
  /** True: the files differed from the commit. */
  readonly changed: boolean;
  readonly seed: number;
  readonly startedAt: string;
  readonly machine: MachineFacts;
  readonly episodes: readonly EpisodeRecord[];
}

export interface MachineFacts {
  readonly cpu: string;
  readonly cores: number;
  readonly memoryGb: number;
  readonly system: string;
  readonly node: string;
}

export function machineFacts(): MachineFacts {
  return {
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    memoryGb: Math.round(totalmem() / 2 ** 30),
    system: `${process.platform} ${process.arch}`,
    node: process.version,
  };
}

/** What is checked out, and whether files under `paths` differ from it. */
export function checkoutFacts(...paths: string[]): Pick<ResultFile, 'commit' | 'changed'> {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8' }).trim();
  return {
    commit: git('rev-parse', '--short=12', 'HEAD'),
    changed: git('status', '--porcelain', '--', ...paths) !== '',
  };
}

export function newResult(seed: number): ResultFile {
  return {
    ...{ kind: 'chaos', seed, episodes: [] },
    ...checkoutFacts('packages', 'test/chaos/*.ts'),
    startedAt: new Date().toISOString(),
    machine: machineFacts(),
  };
}

export class Results {
  readonly path: string;
  #file: ResultFile;

  /** Takes up the batch of this seed and commit again, if there is one. */
  constructor(directory: string, seed: number) {
    const fresh = newResult(seed);
    mkdirSync(directory, { recursive: true });
    this.path = join(directory, `${fresh.commit}-seed-${seed}.json`);
    this.#file = existsSync(this.path)
      ? (JSON.parse(readFileSync(this.path, 'utf8')) as ResultFile)
      : fresh;
  }

  get episodes(): readonly EpisodeRecord[] {
    return this.#file.episodes;
  }

  /** What is known of an episode already. */
  find(plan: EpisodePlan): EpisodeRecord | null {
    const key = JSON.stringify(plan);
    return this.episodes.find((each) => JSON.stringify(each.plan) === key) ?? null;
  }

  add(record: EpisodeRecord): void {
    const episodes = [...this.episodes, record].sort((a, b) => a.plan.index - b.plan.index);
    this.#file = { ...this.#file, changed: this.#file.changed || newResult(0).changed, episodes };
    writeFileSync(this.path, `${JSON.stringify(this.#file, null, 1)}\n`);
  }
}

import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { CampaignPlan } from '../../packages/verify/src/simulation/campaign.ts';
import type { SeedOutcome } from '../../packages/verify/src/simulation/seed-outcome.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** Whose outcomes a file holds: only a campaign of the same sources and limits may go on. */
export interface SourceFacts {
  readonly commit: string;
  /** The files differed from the commit. */
  readonly changed: boolean;
  /** A digest of commit and differences. */
  readonly sources: string;
}

export function sourceFacts(): SourceFacts {
  const git = (...args: string[]): string =>
    execFileSync('git', args, { cwd: root, encoding: 'utf8', maxBuffer: 1 << 28 }).trim();
  const commit = git('rev-parse', '--short=12', 'HEAD');
  const difference = git('diff', 'HEAD', '--', 'packages', 'test/simulation/*.ts');
  const sources = createHash('sha256').update(`${commit}\n${difference}`).digest('hex');
  return { commit, changed: difference !== '', sources: sources.slice(0, 16) };
}

/**
 * The kept state of a campaign: `<commit>-seed-<n>.partial.jsonl` holds a line for each seed
 * that has ended, so that an interrupted campaign goes on where it was; at its end a result of
 * the same name takes its place.
 */
export class CampaignFile {
  readonly partialPath: string;
  readonly resultPath: string;
  readonly facts: SourceFacts;
  readonly #known = new Map<number, SeedOutcome>();

  constructor(directory: string, plan: Pick<CampaignPlan, 'seed' | 'limits' | 'repeatEvery'>) {
    this.facts = sourceFacts();
    mkdirSync(directory, { recursive: true });
    const name = `${this.facts.commit}-seed-${plan.seed}`;
    this.partialPath = join(directory, `${name}.partial.jsonl`);
    this.resultPath = join(directory, `${name}.json`);
    const { seed, limits, repeatEvery } = plan;
    const head = JSON.stringify({ ...this.facts, seed, limits, repeatEvery });
    const lines = existsSync(this.partialPath)
      ? readFileSync(this.partialPath, 'utf8').split('\n')
      : [];
    if (lines[0] === head) this.#read(lines.slice(1));
    // A last line that was cut off is written again, with its seed.
    const kept = [...this.#known.values()].map((each) => JSON.stringify(each));
    writeFileSync(this.partialPath, `${[head, ...kept].join('\n')}\n`);
  }

  get count(): number {
    return this.#known.size;
  }

  find(seed: number): SeedOutcome | null {
    return this.#known.get(seed) ?? null;
  }

  add(outcome: SeedOutcome): void {
    appendFileSync(this.partialPath, `${JSON.stringify(outcome)}\n`);
  }

  finish(result: object): void {
    writeFileSync(this.resultPath, `${JSON.stringify(result, null, 1)}\n`);
    rmSync(this.partialPath);
  }

  #read(lines: readonly string[]): void {
    for (const line of lines) {
      try {
        const outcome = JSON.parse(line) as SeedOutcome;
        this.#known.set(outcome.seed, outcome);
      } catch {
        // The campaign was cut while it wrote this line.
      }
    }
  }
}

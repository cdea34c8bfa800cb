import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { goalText, isReached } from './benchmark.ts';
import { benchmarksPage } from './page.ts';
import { type BenchFile, readFiles } from './result-file.ts';
import { Samples } from './samples.ts';

const file: BenchFile = {
  ...{ kind: 'bench', name: 'embedded', part: 'drain', rounds: 3, commit: 'abc', changed: true },
  startedAt: '2026-01-02T03:04:05.000Z',
  machine: { cpu: 'c', cores: 2, memoryGb: 8, system: 'linux x64', node: 'v26' },
  load: { before: [0.1, 0.2, 0.3], after: [1, 2, 3] },
  figures: { runsPerSecond: 100, lateMs: 5 },
  ratios: { toRaw: 0.5 },
  spreads: { runsPerSecond: [90, 110] },
  goals: { runsPerSecond: { atLeast: 100 }, lateMs: { below: 5 }, toRaw: { atMost: 0 } },
  settings: { journal: 'WAL', peers: { croner: '1.0.0' } },
};

it('is what the kept results give (npm run bench -- --page)', () => {
  const path = join(import.meta.dirname, '../docs/reference/benchmarks.md');
  expect(readFileSync(path, 'utf8')).toBe(benchmarksPage(readFiles()));
});

it('keeps missed goals in sight, beside what was reached', () => {
  const page = benchmarksPage([file]);
  expect(page).toContain('1 of 3 reached.');
  expect(page).toContain('| embedded, drain | runsPerSecond | ≥ 100 | 100 | reached |');
  expect(page).toContain('| embedded, drain | lateMs | < 5 | 5 | **missed** |');
  expect(page).toContain('| embedded, drain | toRaw | ≤ 0 | 0.5 | **missed** |');
});

it('names commit, machine, load, contenders and the spread of the rounds', () => {
  const page = benchmarksPage([file]);
  expect(page).toContain('Commit abc with changes, 2026-01-02 03:04 UTC, 3 rounds;');
  expect(page).toContain('load before 0.1 0.2 0.3, after 1 2 3;');
  expect(page).toContain('journal WAL, peers {"croner":"1.0.0"}.');
  expect(page).toContain('| runsPerSecond | 100 | 90 | 110 |');
});

it('counts a goal whose figure is lacking as missed', () => {
  const page = benchmarksPage([{ ...file, figures: {}, ratios: {} }]);
  expect(page).toContain('| embedded, drain | lateMs | < 5 | — | **missed** |');
});

it.each([
  [{ below: 5 }, '< 5', [4.9], [5]],
  [{ atLeast: 5 }, '≥ 5', [5, 6], [4.9, Number.NaN]],
  [{ atMost: 0 }, '≤ 0', [0], [1, Number.NaN]],
] as const)('judges %o as %s', (goal, text, reached, missed) => {
  expect(goalText(goal)).toBe(text);
  for (const value of reached) expect(isReached(value, goal)).toBe(true);
  for (const value of missed) expect(isReached(value, goal)).toBe(false);
});

it('divides round by round, not median by median', () => {
  const samples = new Samples();
  for (const [ours, theirs] of [[1, 2] as const, [8, 4] as const, [6, 2] as const]) {
    samples.note('ours', ours);
    samples.note('theirs', theirs);
  }
  samples.ratio('quotient', 'ours', 'theirs');
  samples.ratio('coarse', 'ours', 'theirs', 3);
  samples.ratio('nothing', 'ours', 'others');
  const { figures, ratios, spreads } = samples.result({}, () => {});
  expect(figures.ours).toBe(6);
  expect(ratios).toEqual({ quotient: 2, coarse: 2 });
  expect(spreads.quotient).toEqual([0.5, 3]);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { conformancePage, PAGE, WRITE_COMMAND } from './conformance-page.ts';
import { DEVIATION_RULES } from './rules.ts';
import { runVectors } from './run-vectors.ts';
import { readVectors } from './vector-file.ts';

const files = readVectors();
const results = runVectors(files);

/** Rows of each list that must be run, so that none is lost when the data change. */
const ROWS = {
  cases: 921,
  matches: 306,
  equal: 82,
  invalid: 306,
  valid: 9,
  intervals: 16,
  calendarIntervals: 5,
  unions: 3,
  nicknames: 8,
  zonesWorthFuzzing: 11,
};

describe.each(files.map((file) => [file.name, file] as const))('%s', (name, file) => {
  const own = results.filter((result) => result.file === name);

  test('names its source, commit and licence', () => {
    expect(file.source).toMatch(/\S/);
    expect(file.commit).toMatch(/^[0-9a-f]{40}$/);
    expect(file.licence).toMatch(/\S/);
  });

  test.each([...new Set(own.map((result) => result.list))])('every row of %s', (list) => {
    const failed = own.filter((result) => result.list === list && result.problems.length > 0);
    expect(failed).toEqual([]);
  });
});

test.each(Object.entries(ROWS))('all rows of %s are run', (list, count) => {
  expect(results.filter((result) => result.list === list).length).toBe(count);
});

test('the deviations, signed', () => {
  const counts = new Map<string, number>();
  for (const { deviates } of results) {
    if (deviates !== null) counts.set(deviates, (counts.get(deviates) ?? 0) + 1);
  }
  const signed = [...counts].sort((a, b) => b[1] - a[1]).map(([rule, rows]) => `${rows} ${rule}`);
  process.stdout.write(`deviations from published vectors: ${signed.join(', ')}\n`);
  expect(Object.keys(DEVIATION_RULES).sort()).toEqual([...counts.keys()].sort());
});

test('the reference page is up to date', () => {
  const path = join(import.meta.dirname, '../..', PAGE);
  const message = `run ${WRITE_COMMAND}`;
  expect(readFileSync(path, 'utf8'), message).toBe(conformancePage(files, results));
});

import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { processEnvironment } from './environment.ts';
import { loadConfig } from './load-config.ts';
import { formatProblem } from './problem.ts';
import { readText } from './read-text.ts';

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'tickwork-text-'));
});
afterEach(() => rmSync(directory, { recursive: true, force: true }));

it.each([
  [199_999, 200_000],
  [200_000, 200_000],
])('reads %d bytes of at most %d', (size, bytesMax) => {
  const path = join(directory, 'a');
  writeFileSync(path, 'é'.repeat(size / 2).padEnd(size - Math.floor(size / 2), 'x'));
  expect(readText(path, bytesMax)).toHaveLength(size - Math.floor(size / 2));
});

it('reads nothing of a file that is longer', () => {
  const path = join(directory, 'a');
  writeFileSync(path, 'x'.repeat(200_001));
  expect(readText(path, 200_000)).toBe(null);
});

it('reads a pipe to its end', () => {
  const path = join(directory, 'pipe');
  execFileSync('mkfifo', [path]);
  execFileSync('sh', ['-c', `(echo 'jobs: {}' > '${path}') > /dev/null 2>&1 &`]);
  expect(readText(path, 100)).toBe('jobs: {}\n');
});

it('ends at a file that never does', () => {
  expect(readText('/dev/zero', 1_048_576)).toBe(null);
  const loaded = loadConfig('/dev/zero');
  expect(loaded.ok ? [] : loaded.problems.map(formatProblem)).toEqual([
    '/dev/zero:1:1 has more than 1048576 bytes; no more are read.',
  ]);
  // The same for the files that NAME_FILE variables name.
  expect(() => processEnvironment().readFile('/dev/zero')).toThrow(/more than 65536 bytes/u);
});

it('says what is wrong with what is no file', () => {
  const told = [directory, join(directory, 'none.yaml')].map((path) => {
    const loaded = loadConfig(path);
    return loaded.ok ? '' : loaded.problems[0]?.message;
  });
  expect(told).toEqual([
    'is a directory; name a file.',
    'there is no such file. Name another, or write it first.',
  ]);
});

import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { mutants } from './mutants.ts';

const sources = join(import.meta.dirname, '../../packages/tickwork/src');

describe('seeded defects', () => {
  it.each(mutants)('$name: its text stands once in its file', ({ file, find, replace }) => {
    const parts = readFileSync(join(sources, file), 'utf8').split(find);
    expect(parts).toHaveLength(2);
    expect(replace).not.toBe(find);
  });

  it('have names of their own', () => {
    expect(new Set(mutants.map((each) => each.name)).size).toBe(mutants.length);
  });
});

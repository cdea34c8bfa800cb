import { definition, storedJob } from '@tickwork/verify/engine/stored-job.ts';
import { describe, expect, it } from 'vitest';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import type { JobFilter } from '../ports/job-store.ts';
import { checkCycles, findCircle } from './check-cycles.ts';

describe('findCircle', () => {
  it.each([
    ['nothing', {}, null],
    ['a chain', { c: ['b'], b: ['a'] }, null],
    ['a diamond', { d: ['b', 'c'], b: ['a'], c: ['a'] }, null],
    ['a job after itself', { a: ['a'] }, ['a', 'a']],
    ['two after each other', { a: ['b'], b: ['a'] }, ['a', 'b', 'a']],
    ['a circle behind a chain', { x: ['a'], a: ['b'], b: ['c'], c: ['a'] }, ['a', 'b', 'c', 'a']],
    ['one beside a good branch', { a: ['good', 'b'], good: [], b: ['a'] }, ['a', 'b', 'a']],
  ] as const)('in %s', (_, edges, expected) => {
    expect(findCircle(new Map(Object.entries(edges)))).toEqual(expected);
  });

  it('looks through long chains without running out of stack', () => {
    const edges = new Map<string, string[]>();
    for (let i = 0; i < 50_000; i++) edges.set(`j${i}`, [`j${i + 1}`]);
    expect(findCircle(edges)).toBeNull();
    edges.set('j50000', ['j0']);
    expect(findCircle(edges)).toHaveLength(50_002);
  });
});

describe('checkCycles', () => {
  const after = (...jobs: string[]): TriggerSpec => ({ kind: 'after', jobs, on: 'success' });
  const named = (name: string, trigger: TriggerSpec) => ({
    name,
    definition: definition({ trigger }),
  });

  function storeOf(jobs: Readonly<Record<string, TriggerSpec>>) {
    const asked: JobFilter[] = [];
    const stored = Object.entries(jobs).map(([name, trigger]) => storedJob({ trigger }, { name }));
    return {
      asked,
      async listJobs(filter: JobFilter, page: { after: string | null; limit: number }) {
        asked.push(filter);
        const from = stored.findIndex(({ name }) => name === page.after) + 1;
        return stored.slice(from, from + page.limit).map((each) => ({ ...each, runningCount: 0 }));
      },
    };
  }

  it('asks nothing for jobs that run by time', async () => {
    const store = storeOf({});
    await checkCycles(store, [named('a', { kind: 'interval', everyMs: 10 })]);
    expect(store.asked).toEqual([]);
  });

  it('refuses a circle that a stored job closes, and says which', async () => {
    const store = storeOf({ b: after('a'), c: after('b') });
    await expect(checkCycles(store, [named('a', after('c'))])).rejects.toMatchObject({
      code: 'INVALID_TRIGGER',
      value: 'a → c → b → a',
    });
  });

  it('sees members of a union', async () => {
    const of = [{ kind: 'interval', everyMs: 10 } as const, after('b')];
    const declared = [named('a', { kind: 'any', of }), named('b', after('a'))];
    await expect(checkCycles(storeOf({}), declared)).rejects.toMatchObject({
      code: 'INVALID_TRIGGER',
    });
  });

  it('takes the new definition of a stored job for its old one', async () => {
    const store = storeOf({ a: after('b'), b: after('x') });
    const declared = [named('b', after('a')), named('a', after('x'))];
    await expect(checkCycles(store, declared)).resolves.toBeUndefined();
  });

  it('reads all pages of stored jobs', async () => {
    const chain = Object.fromEntries(
      Array.from({ length: 2_500 }, (_, i) => [`j${i + 1}`, after(`j${i}`)]),
    );
    const store = storeOf(chain);
    await expect(checkCycles(store, [named('j0', after('j2500'))])).rejects.toMatchObject({
      code: 'INVALID_TRIGGER',
    });
    expect(store.asked).toHaveLength(3);
  });
});

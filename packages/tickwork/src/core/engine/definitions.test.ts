import { definition } from '@tickwork/verify/engine/stored-job.ts';
import { storedRun } from '@tickwork/verify/engine/stored-run.ts';
import { describe, expect, it } from 'vitest';
import type { JobDefinition } from '../model/job.ts';
import { Definitions } from './definitions.ts';

function setUp(known: Readonly<Record<string, JobDefinition>>) {
  const asked: string[][] = [];
  const definitions = new Definitions({
    async findRevisions(keys) {
      const names = keys.map(({ jobId, revision }) => `${jobId}:${revision}`);
      asked.push(names);
      return names.map((name) => known[name] ?? null);
    },
  });
  return { definitions, asked };
}

const first = definition({ input: 'first' });
const second = definition({ input: 'second' });

describe('Definitions', () => {
  it('reads each revision once, several in one call', async () => {
    const { definitions, asked } = setUp({ '1:1': first, '1:2': second });
    const runs = [1, 2, 1].map((jobRevision) => storedRun({ jobRevision }));
    const works = await definitions.workOf(runs);
    expect(works.map((work) => work?.input)).toEqual(['first', 'second', 'first']);
    await definitions.workOf(runs);
    expect(asked).toEqual([['1:1', '1:2']]);
  });

  it('knows the work of more runs at once than it keeps definitions', async () => {
    const names = Array.from({ length: 25_000 }, (_, i) => `${i}:1`);
    const { definitions } = setUp(Object.fromEntries(names.map((name) => [name, first])));
    const runs = names.map((_, jobId) => storedRun({ jobId, jobRevision: 1 }));
    const some = await definitions.workOf(runs.slice(0, 15_000));
    const all = await definitions.workOf(runs);
    expect([...some, ...all].filter((work) => work === null)).toEqual([]);
  });

  it('takes the definition that an enqueued run carries, and asks nobody', async () => {
    const { definitions, asked } = setUp({});
    const run = storedRun({ jobId: null, jobRevision: null, definition: second });
    expect(await definitions.workOf([run])).toMatchObject([{ input: 'second' }]);
    expect(asked).toEqual([]);
  });

  it('lets the input of a run stand before that of its job, null too', async () => {
    const { definitions } = setUp({ '1:1': first });
    const runs = [storedRun({ input: 'now' }), storedRun({ input: null }), storedRun()];
    const works = await definitions.workOf(runs);
    expect(works.map((work) => work?.input)).toEqual(['now', null, 'first']);
  });

  it('has none for what is gone, and asks again the next time', async () => {
    const { definitions, asked } = setUp({});
    expect(await definitions.workOf([storedRun()])).toEqual([null]);
    await definitions.workOf([storedRun()]);
    expect(asked).toHaveLength(2);
  });

  it('remembers what it is told and forgets what is long unused', async () => {
    const { definitions, asked } = setUp({ '1:1': first });
    definitions.remember(1, 1, first);
    for (let i = 0; i < 30_000; i++) {
      definitions.remember(2, i, second);
      if (i % 5_000 === 0) definitions.peek({ jobId: 1, jobRevision: 1 });
    }
    expect(definitions.peek({ jobId: 1, jobRevision: 1 })).toBe(first);
    expect(definitions.peek({ jobId: 2, jobRevision: 29_999 })).toBe(second);
    expect(definitions.peek({ jobId: 2, jobRevision: 0 })).toBeNull();
    expect(asked).toEqual([]);
  });
});

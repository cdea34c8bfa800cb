import { expect, test } from 'vitest';
import { RevisionTable } from './revision-table.ts';

interface Value {
  readonly text: string;
}

const value = (text: string): Value => ({ text });

test('many jobs share one value, whatever their ids', () => {
  const table = new RevisionTable<Value>(2);
  const shared = value('shared');
  const ids = [0, 1, 1023, 1024, 5_000_000, 2 ** 40];
  for (const id of ids) table.set(id, 1, shared);
  expect(ids.map((id) => table.get(id, 1))).toEqual(ids.map(() => shared));
  expect(table.get(2, 1)).toBeUndefined();
  expect(table.get(1025, 1)).toBeUndefined();
  expect(table.get(7_000_000, 1)).toBeUndefined();
});

test('a revision that is not known has no value, the first one included', () => {
  const table = new RevisionTable<Value>(8);
  table.set(1, 3, value('third'));
  expect([0, 1, 2, 4].map((revision) => table.get(1, revision))).toEqual(Array(4).fill(undefined));
  expect(table.get(2, 0)).toBeUndefined();
});

test('former revisions stay beside the latest, in whatever order they come', () => {
  const table = new RevisionTable<Value>(8);
  for (const revision of [2, 5, 1, 4]) table.set(9, revision, value(`${revision}`));
  expect([1, 2, 4, 5].map((revision) => table.get(9, revision)?.text)).toEqual([
    ...['1', '2', '4', '5'],
  ]);
});

test('a value set anew replaces the former one', () => {
  const table = new RevisionTable<Value>(8);
  table.set(1, 1, value('a'));
  table.set(1, 1, value('b'));
  expect(table.get(1, 1)?.text).toBe('b');
});

test.each([1, 3, 4, 5, 7, 8, 9, 12, 30])('of %i values, keeps the last 4 to 8', (count) => {
  const table = new RevisionTable<Value>(8);
  for (let id = 0; id < count; id++) table.set(id, 1, value(`${id}`));
  const kept: number[] = [];
  // The youngest first: asking for one of the elder generation moves it to the younger.
  for (let id = count - 1; id >= 0; id--) {
    const found = table.get(id, 1);
    if (found === undefined) break;
    expect(found.text).toBe(`${id}`);
    kept.push(id);
  }
  expect(kept.length).toBeGreaterThanOrEqual(Math.min(4, count));
  expect(kept.length).toBeLessThanOrEqual(8);
});

test('what is used stays, whatever else comes', () => {
  const table = new RevisionTable<Value>(8);
  const used = value('used');
  table.set(0, 1, used);
  table.set(5000, 1, used);
  for (let id = 1; id < 100; id++) {
    table.set(id, 1, value(`${id}`));
    expect(table.get(0, 1)).toBe(used);
  }
  // Nobody asked for it by this job, whose place is one of a generation that is gone.
  expect(table.get(5000, 1)).toBeUndefined();
});

test('a job that is deleted has no revision any more, the others all', () => {
  const table = new RevisionTable<Value>(8);
  for (const id of [1, 11]) for (const revision of [1, 2]) table.set(id, revision, value(`${id}`));
  table.delete(1);
  table.delete(4000);
  expect([1, 2].map((revision) => table.get(1, revision))).toEqual([undefined, undefined]);
  expect([1, 2].map((revision) => table.get(11, revision)?.text)).toEqual(['11', '11']);
});

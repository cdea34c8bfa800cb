import { describe, expect, it } from 'vitest';
import { RunTable } from './run-table.ts';

interface Item {
  readonly runId: string;
  readonly n: number;
}

function setUp() {
  const table = new RunTable<Item>();
  const add = (runId: string, n = 0): Item => {
    const item = { runId, n };
    table.add(item);
    return item;
  };
  const found = (...ids: string[]): (number | null)[] => ids.map((id) => table.find(id)?.n ?? null);
  return { table, add, found };
}

describe('RunTable', () => {
  it('finds what is there, in whatever order it came', () => {
    const { table, add, found } = setUp();
    expect([found('a', ''), table.size]).toEqual([[null, null], 0]);
    add('b', 1);
    expect(found('a', 'b', 'c')).toEqual([null, 1, null]);
    add('a', 2);
    add('c', 3);
    expect(found('a', 'b', 'c', 'aa', 'd')).toEqual([2, 1, 3, null, null]);
    expect(Array.from(table, ({ n }) => n)).toEqual([1, 2, 3]);
  });

  it('finds the greatest when a smaller one came last', () => {
    const { add, found } = setUp();
    add('c', 1);
    add('a', 2);
    expect(found('b', 'c', 'a')).toEqual([null, 1, 2]);
  });

  it('forgets what was deleted, once', () => {
    const { table, add, found } = setUp();
    const [a, b, c] = [add('a', 1), add('b', 2), add('c', 3)];
    expect([table.delete(b), table.delete(b), table.size]).toEqual([true, false, 2]);
    expect(found('a', 'b', 'c')).toEqual([1, null, 3]);
    expect(table.delete(c)).toBe(true);
    expect(found('a', 'b', 'c')).toEqual([1, null, null]);
    expect([table.delete(a), table.size, found('a')]).toEqual([true, 0, [null]]);
    add('b', 4);
    expect(found('a', 'b', 'c')).toEqual([null, 4, null]);
  });

  it('answers the last of one run while that is there', () => {
    const { table, add, found } = setUp();
    const first = add('a', 1);
    expect(found('a')).toEqual([1]);
    const last = add('a', 2);
    expect(found('a')).toEqual([2]);
    table.delete(first);
    expect(found('a')).toEqual([2]);
    table.delete(last);
    expect(found('a')).toEqual([null]);
  });
});

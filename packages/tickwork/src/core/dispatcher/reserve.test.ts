import { describe, expect, it } from 'vitest';
import { storedRun } from '../../testing/engine/stored-run.ts';
import { Reserve } from './reserve.ts';

const run = (id: string, dueAt: number, priority = 0) =>
  storedRun({ id, fireAt: dueAt, dueAt, priority });
const ids = (runs: readonly { readonly id: string }[]) => runs.map(({ id }) => id);

describe('Reserve', () => {
  it('gives nothing before its instant', () => {
    const reserve = new Reserve();
    reserve.add(run('a', 100), 'function');
    reserve.ripen(99);
    expect(reserve.take('function', 9)).toEqual([]);
    expect(reserve.nextAt()).toBe(100);
    reserve.ripen(100);
    expect(reserve.nextAt()).toBeNull();
    expect(ids(reserve.take('function', 9))).toEqual(['a']);
  });

  it('gives what is due by priority, instant and id', () => {
    const reserve = new Reserve();
    const runs = [run('d', 10), run('b', 5), run('c', 5), run('a', 50, 9), run('e', 1, -1)];
    for (const each of runs) reserve.add(each, 'function');
    reserve.ripen(100);
    expect(ids(reserve.take('function', 2))).toEqual(['a', 'b']);
    expect(ids(reserve.take('function', 9))).toEqual(['c', 'd', 'e']);
  });

  it('counts each pool for itself', () => {
    const reserve = new Reserve();
    reserve.add(run('a', 1), 'function');
    reserve.add(run('b', 1), 'external');
    reserve.add(run('c', 1), 'external');
    reserve.ripen(1);
    expect([reserve.count('function'), reserve.count('external')]).toEqual([1, 2]);
    expect(ids(reserve.take('external', 1))).toEqual(['b']);
    expect([reserve.count('function'), reserve.count('external')]).toEqual([1, 1]);
    expect(reserve.has('b')).toBe(false);
    expect(reserve.has('c')).toBe(true);
  });

  it('holds a run once', () => {
    const reserve = new Reserve();
    reserve.add(run('a', 1), 'function');
    reserve.add(run('a', 1), 'function');
    expect(reserve.count('function')).toBe(1);
    reserve.ripen(1);
    expect(reserve.take('function', 9)).toHaveLength(1);
  });

  it('looks later at what was put off', () => {
    const reserve = new Reserve();
    reserve.add(run('a', 1), 'function', 500);
    reserve.ripen(499);
    expect(reserve.take('function', 9)).toEqual([]);
    reserve.ripen(500);
    expect(ids(reserve.take('function', 9))).toEqual(['a']);
  });

  it('forgets everything, due or not', () => {
    const reserve = new Reserve();
    reserve.add(run('a', 1), 'function');
    reserve.add(run('b', 1), 'external');
    reserve.ripen(1);
    reserve.add(run('c', 900), 'function');
    expect(ids(reserve.clear()).sort()).toEqual(['a', 'b', 'c']);
    expect([reserve.count('function'), reserve.count('external')]).toEqual([0, 0]);
    expect(reserve.nextAt()).toBeNull();
    reserve.add(run('a', 1), 'function');
    expect(reserve.count('function')).toBe(1);
  });
});

import { storedRun } from '@tickwork/verify/engine/stored-run.ts';
import { describe, expect, it } from 'vitest';
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

  it('counts each kind of slot for itself', () => {
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
    reserve.putOff(run('a', 1), 'function', 500);
    reserve.ripen(499);
    expect(reserve.take('function', 9)).toEqual([]);
    reserve.ripen(500);
    expect(ids(reserve.take('function', 9))).toEqual(['a']);
  });

  it('never looks before its instant at what was put off', () => {
    const reserve = new Reserve();
    reserve.putOff(run('a', 700), 'function', 500);
    expect(reserve.nextAt()).toBe(700);
    expect(reserve.takeEarly(1000, 9)).toEqual([]);
  });

  it('gives out early, by instant and priority, what may start before it', () => {
    const reserve = new Reserve();
    reserve.add(run('later', 101), 'function');
    reserve.add(run('a', 100), 'function');
    reserve.add(run('b', 100), 'function');
    reserve.add(storedRun({ id: 'urgent', fireAt: 100, priority: 5 }), 'function');
    reserve.add(run('script', 100), 'external');
    reserve.add(storedRun({ id: 'again', fireAt: 100, attempt: 1 }), 'function');
    expect([reserve.nextEarlyAt(), reserve.nextAt()]).toEqual([100, 100]);
    expect(ids(reserve.takeEarly(100, 2))).toEqual(['urgent', 'a']);
    expect(ids(reserve.takeEarly(100, 9))).toEqual(['b']);
    expect(reserve.takeEarly(100, 9)).toEqual([]);
    expect([reserve.nextEarlyAt(), reserve.count('function')]).toEqual([101, 2]);
    reserve.ripen(101);
    expect(ids(reserve.take('function', 9))).toEqual(['again', 'later']);
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

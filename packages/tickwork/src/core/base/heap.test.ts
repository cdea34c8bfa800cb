import { describe, expect, it } from 'vitest';
import { SeededRandom } from '../../testing/seeded-random.ts';
import { Heap } from './heap.ts';

describe('Heap', () => {
  it('gives what is first, however it was filled', () => {
    const random = new SeededRandom('heap');
    for (let round = 0; round < 50; round++) {
      const heap = new Heap<number>((a, b) => a < b);
      const values = Array.from({ length: random.int(0, 60) }, () => random.int(0, 20));
      for (const value of values) heap.push(value);
      const taken = Array.from({ length: heap.size }, () => heap.pop());
      expect(taken).toEqual(values.sort((a, b) => a - b));
      expect(heap.pop()).toBeUndefined();
    }
  });

  it('stays in order when taking and adding alternate', () => {
    const random = new SeededRandom('mixed');
    const heap = new Heap<number>((a, b) => a < b);
    const model: number[] = [];
    for (let i = 0; i < 2_000; i++) {
      if (random.chance(0.55)) {
        const value = random.int(0, 1_000);
        heap.push(value);
        model.push(value);
        model.sort((a, b) => a - b);
      } else expect(heap.pop()).toBe(model.shift());
      expect(heap.peek()).toBe(model[0]);
      expect(heap.size).toBe(model.length);
    }
  });

  it('stays in order when most come in order, as those of a plan do', () => {
    const random = new SeededRandom('plan');
    const heap = new Heap<number>((a, b) => a < b);
    const model: number[] = [];
    for (let i = 0; i < 30_000; i++) {
      const value = random.chance(0.01) ? random.int(0, i) : i;
      heap.push(value);
      model.push(value);
    }
    model.sort((a, b) => a - b);
    for (const value of model.splice(0, 20_000)) expect(heap.pop()).toBe(value);
    for (let value = 0; value < 100; value++) heap.push(value);
    expect(heap.size).toBe(10_100);
    for (let value = 0; value < 100; value++) expect(heap.pop()).toBe(value);
    for (const value of model) expect(heap.pop()).toBe(value);
    expect(heap.size).toBe(0);
  });

  it('takes those that are alike in the order of their coming, if all came in order', () => {
    const heap = new Heap<{ at: number; n: number }>((a, b) => a.at < b.at);
    for (const [n, at] of [1, 1, 2, 2].entries()) heap.push({ at, n });
    expect(Array.from({ length: 4 }, () => heap.pop()?.n)).toEqual([0, 1, 2, 3]);
  });

  it('gives everything back when it is emptied', () => {
    const heap = new Heap<number>((a, b) => a < b);
    for (const value of [3, 1, 2]) heap.push(value);
    expect(heap.clear().sort()).toEqual([1, 2, 3]);
    expect(heap.size).toBe(0);
  });
});

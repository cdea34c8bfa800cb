import type { Ids, Random } from '../core/ports/random.ts';

/**
 * Chance from a seed: xoshiro128** (Blackman and Vigna, 2018), its state filled by
 * splitmix32 from the seed. Equal seeds give equal sequences on every machine.
 */
export class SeededRandom implements Random {
  #a: number;
  #b: number;
  #c: number;
  #d: number;

  /** `seed` is any text or number; numbers are taken by their decimal text. */
  constructor(seed: string | number) {
    let state = hashText(String(seed));
    const fill = (): number => {
      state = (state + 0x9e3779b9) | 0;
      let word = state ^ (state >>> 16);
      word = Math.imul(word, 0x21f0aaad);
      word ^= word >>> 15;
      word = Math.imul(word, 0x735a2d97);
      return word ^ (word >>> 15);
    };
    this.#a = fill();
    this.#b = fill();
    this.#c = fill();
    // The state must not be all zero.
    this.#d = fill() | 1;
  }

  /** A number from 0 (inclusive) to 1 (exclusive) with 32 random bits. */
  next(): number {
    return this.word() / 0x1_0000_0000;
  }

  /** 32 random bits as an unsigned number. */
  word(): number {
    const scrambled = Math.imul(rotate(Math.imul(this.#b, 5), 7), 9);
    const shifted = this.#b << 9;
    this.#c ^= this.#a;
    this.#d ^= this.#b;
    this.#b ^= this.#c;
    this.#a ^= this.#d;
    this.#c ^= shifted;
    this.#d = rotate(this.#d, 11);
    return scrambled >>> 0;
  }

  /** A whole number from `min` to `max`, both inclusive. */
  int(min: number, max: number): number {
    return min + Math.floor(this.next() * (max - min + 1));
  }

  /** True with this probability, 0..1. */
  chance(probability: number): boolean {
    return this.next() < probability;
  }

  /** One of `values`, all equally likely. Throws RangeError if there is none. */
  pick<T>(values: readonly T[]): T {
    const value = values[Math.floor(this.next() * values.length)];
    if (value === undefined) throw new RangeError('pick: there are no values to choose from');
    return value;
  }

  /** One of `entries` with a likelihood in proportion to its weight. */
  weighted<T>(entries: readonly (readonly [weight: number, value: T])[]): T {
    let rest = this.next() * entries.reduce((sum, [weight]) => sum + weight, 0);
    for (const [weight, value] of entries) {
      rest -= weight;
      if (rest < 0) return value;
    }
    return this.pick(entries)[1];
  }

  /** From `min` to `max` with a uniform logarithm: short ones are as likely as long ones. */
  logUniform(min: number, max: number): number {
    return min * (max / min) ** this.next();
  }

  /** An independent sequence. Drawing from it does not move this one. */
  fork(label: string): SeededRandom {
    return new SeededRandom(`${label}/${this.#a >>> 0}.${this.#b >>> 0}.${this.#c >>> 0}`);
  }
}

/** Identifiers `<prefix>-000001-<random>`: sortable by time of making, equal for equal seeds. */
export class SeededIds implements Ids {
  readonly #prefix: string;
  readonly #random: SeededRandom;
  #count = 0;

  constructor(prefix: string, random: SeededRandom) {
    this.#prefix = prefix;
    this.#random = random;
  }

  next(): string {
    this.#count += 1;
    const order = this.#count.toString(36).padStart(5, '0');
    return `${this.#prefix}-${order}-${this.#random.word().toString(36)}`;
  }
}

function rotate(word: number, bits: number): number {
  return (word << bits) | (word >>> (32 - bits));
}

function hashText(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return hash ^ (hash >>> 15);
}

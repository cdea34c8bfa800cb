/** A small seeded generator of numbers (mulberry32), so that every failure can be replayed. */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

export interface RandomCron {
  readonly expression: string;
  readonly dialect: 'standard' | 'quartz';
  readonly dst?: { readonly gap: 'after' | 'skip'; readonly overlap: 'first' | 'both' | 'last' };
}

const MONTHS = ['JAN', 'feb', 'Mar', 'APR', 'may', 'JUN', 'jul', 'AUG', 'Sep', 'OCT', 'nov', 'DEC'];
const DAYS = ['SUN', 'mon', 'TUE', 'Wed', 'thu', 'FRI', 'sat'];

/** A valid expression without hashes, out of all that the language has. */
export function randomCron(random: () => number): RandomCron {
  return new Writer(random).write();
}

class Writer {
  readonly #random: () => number;
  #quartz = false;

  constructor(random: () => number) {
    this.#random = random;
  }

  write(): RandomCron {
    this.#quartz = this.#chance(0.15);
    const fields = this.#fields();
    const dialect = this.#quartz ? ('quartz' as const) : ('standard' as const);
    const expression = fields.join(' ');
    if (!this.#chance(0.3)) return { expression, dialect };
    const gap = this.#pick(['after', 'skip'] as const);
    const overlap = this.#pick(['first', 'both', 'last'] as const);
    return { expression, dialect, dst: { gap, overlap } };
  }

  #fields(): string[] {
    const five = [
      this.#chance(0.25) ? '*' : this.#list(0, 59, 3),
      this.#hours(),
      this.#chance(0.55) ? this.#pick(['*', '*', '?']) : this.#dayOfMonth(),
      this.#chance(0.7) ? '*' : this.#months(),
      this.#chance(0.55) ? this.#pick(['*', '*', '?']) : this.#dayOfWeek(),
    ];
    const shape = this.#random();
    if (shape < 0.7) return five;
    const second = this.#chance(0.15) ? '*' : this.#list(0, 59, 2);
    if (shape < 0.9) return [second, ...five];
    return [second, ...five, this.#years()];
  }

  #hours(): string {
    const kind = this.#random();
    if (kind < 0.25) return '*';
    if (kind < 0.35) return `*/${this.#between(1, 23)}`;
    if (kind < 0.65) return `${this.#between(0, 4)}`;
    if (kind < 0.8) return `${this.#between(0, 3)}-${this.#between(3, 23)}`;
    return this.#list(0, 23, 3);
  }

  #dayOfMonth(): string {
    const kind = this.#random();
    if (kind < 0.08) return 'L';
    if (kind < 0.14) return this.#pick(['LW', 'lw', `L-${this.#between(0, 5)}W`]);
    if (kind < 0.22) return `${this.#between(1, 31)}W`;
    if (kind < 0.3) return `L-${this.#between(0, 30)},${this.#between(1, 31)}`;
    return this.#list(1, 31, 3);
  }

  #months(): string {
    if (this.#chance(0.3)) return this.#pick(MONTHS);
    if (this.#chance(0.2))
      return `${this.#pick(MONTHS.slice(0, 5))}-${this.#pick(MONTHS.slice(6))}`;
    return this.#list(1, 12, 2);
  }

  #dayOfWeek(): string {
    const plus = this.#chance(0.25) ? '+' : '';
    const one = () => (this.#chance(0.4) ? this.#pick(DAYS) : `${this.#weekday()}`);
    const kind = this.#random();
    if (kind < 0.15) return `${plus}${one()}#${this.#between(1, 5)}`;
    if (kind < 0.25) return `${plus}${one()}${this.#pick(['L', 'l', '#L'])}`;
    if (kind < 0.32) return `${plus}${one()}#${this.#between(1, 5)},${one()}L,${one()}`;
    if (kind < 0.4)
      return `${plus}${this.#pick(DAYS.slice(0, 4))}-${this.#pick(['SUN', 'fri', 'SAT'])}`;
    if (kind < 0.45 && this.#quartz) return `${plus}L`;
    if (this.#quartz) return plus + this.#list(1, 7, 2);
    const text = this.#list(0, 7, 2);
    return plus + (/(^|,)7\//.test(text) ? '1-7/2' : text);
  }

  #weekday(): number {
    return this.#quartz ? this.#between(1, 7) : this.#between(0, 7);
  }

  #years(): string {
    const from = this.#between(1970, 2190);
    if (this.#chance(0.3)) return '*';
    if (this.#chance(0.3)) return `${from}`;
    if (this.#chance(0.5)) return `${from}-${Math.min(2199, from + this.#between(0, 60))}`;
    return `*/${this.#between(1, 60)}`;
  }

  /** One to `most` members: values, ranges and steps. */
  #list(min: number, max: number, most: number): string {
    const count = this.#chance(0.6) ? 1 : this.#between(1, most);
    return Array.from({ length: count }, () => this.#member(min, max)).join(',');
  }

  #member(min: number, max: number): string {
    const kind = this.#random();
    const span = max - min;
    if (kind < 0.5) return `${this.#between(min, max)}`;
    if (kind < 0.65) return `*/${this.#between(1, span)}`;
    let a = this.#between(min, max);
    let b = this.#between(min, max);
    if (kind < 0.75) return `${a}/${this.#between(1, span)}`;
    if (a > b && !(this.#quartz && this.#chance(0.5))) [a, b] = [b, a];
    return kind < 0.9 ? `${a}-${b}` : `${a}-${b}/${this.#between(1, span)}`;
  }

  #chance(share: number): boolean {
    return this.#random() < share;
  }

  #between(min: number, max: number): number {
    return min + Math.floor(this.#random() * (max - min + 1));
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#between(0, choices.length - 1)] as T;
  }
}

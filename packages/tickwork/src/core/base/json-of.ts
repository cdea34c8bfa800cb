import { joinField } from './check-keys.ts';
import type { Json } from './json.ts';

/** The largest input, result or progress value that is kept, in bytes of its JSON text (UTF-8). */
export const JSON_BYTES_MAX = 256 * 1024;

/**
 * How deeply lists and objects may be nested: as deep as MySQL keeps JSON, and far from the depth
 * at which programs that read it run out of stack.
 */
export const JSON_DEPTH_MAX = 100;

export type JsonOutcome =
  | { readonly ok: true; readonly json: Json }
  | ({ readonly ok: false } & JsonRefusal);

export interface JsonRefusal {
  /** The part that is refused, below the value: `rows[1].price`; `''` = the value itself. */
  readonly part: string;
  /** Goes on after the name of the part: `is NaN, which JSON does not have.` */
  readonly reason: string;
  readonly remedy: string;
}

/**
 * What a value is as JSON, as a copy of its own: `undefined` becomes `null`, absent and
 * `undefined` properties are left out, and a `toJSON` (as of Date) is obeyed. Everything
 * that JSON would lose in silence is refused with the name of the part: NaN, infinities, bigints,
 * functions, symbols, `undefined` and holes in lists, invalid dates, and objects that JSON writes
 * as `{}` or worse (Map, Set, Error, RegExp, bytes, promises). So are circles, more than
 * `JSON_DEPTH_MAX` levels and more than `JSON_BYTES_MAX` bytes.
 */
export function jsonOf(value: unknown): JsonOutcome {
  const copier = new Copier();
  try {
    const json = value === undefined ? null : copier.copy(value);
    copier.checkSize(json);
    return { ok: true, json };
  } catch (error) {
    if (error instanceof Refusal) return error.outcome;
    // The value's own code threw: a getter or a toJSON.
    const message = error instanceof Error ? error.message : String(error);
    return refusalOf(copier.part(), `cannot be read: ${message}.`, 'Use plain data.').outcome;
  }
}

/** For sentences: `rows[1] is NaN, which JSON does not have.`, with `it` for the value itself. */
export function refusalText({ part, reason }: JsonRefusal): string {
  return `${part === '' ? 'it' : part} ${reason}`;
}

class Refusal extends Error {
  readonly outcome: JsonOutcome & { readonly ok: false };

  constructor(refusal: JsonRefusal) {
    super(refusal.reason);
    this.outcome = { ok: false, ...refusal };
  }
}

function refusalOf(part: string, reason: string, remedy: string): Refusal {
  return new Refusal({ part, reason, remedy });
}

/** The most bytes that one UTF-16 unit takes as JSON: `\u0000`. */
const UNIT_BYTES_MAX = 6;
const NUMBER_BYTES_MAX = 25;

/** Copies one value and counts: a huge one is refused early, a small one is not written out. */
class Copier {
  /** The keys on the way to the present part, and the objects that they belong to. */
  readonly #keys: (string | number)[] = [];
  readonly #parents: object[] = [];
  #bytesMin = 0;
  #bytesMax = 0;

  copy(value: unknown): Json {
    const form = this.#formOf(value);
    switch (typeof form) {
      case 'string':
        this.#count(form.length + 2, form.length * UNIT_BYTES_MAX + 2);
        return form;
      case 'number':
        this.#count(1, NUMBER_BYTES_MAX);
        // -0 is 0 in JSON.
        if (Number.isFinite(form)) return form + 0;
        return this.#refuse(`is ${form}, which JSON does not have.`, 'Write null or a text.');
      case 'boolean':
        this.#count(4, 5);
        return form;
      case 'object':
        return form === null ? this.#null() : this.#copyObject(form);
      case 'undefined':
        return this.#refuse('is undefined, which JSON does not have.', 'Write null.');
      case 'bigint':
        return this.#refuse('is a bigint, which JSON does not have.', 'Write a number or a text.');
      default:
        return this.#refuse(`is a ${typeof form}, which JSON does not have.`, 'Leave it out.');
    }
  }

  /** Throws unless the copy's text has at most `JSON_BYTES_MAX` bytes. */
  checkSize(json: Json): void {
    if (this.#bytesMax <= JSON_BYTES_MAX) return;
    if (utf8Length(JSON.stringify(json)) > JSON_BYTES_MAX) throw tooLarge();
  }

  part(): string {
    return pathOf(this.#keys);
  }

  #null(): null {
    this.#count(4, 4);
    return null;
  }

  /** What a value says it is, by its `toJSON`; the answer is not asked again. */
  #formOf(value: unknown): unknown {
    if ((typeof value !== 'object' && typeof value !== 'bigint') || value === null) return value;
    const { toJSON } = value as { readonly toJSON?: unknown };
    if (typeof toJSON !== 'function') return value;
    if (value instanceof Date && Number.isNaN(value.getTime())) {
      return this.#refuse('is an invalid Date.', 'Write null, or check the date first.');
    }
    return toJSON.call(value, String(this.#keys.at(-1) ?? ''));
  }

  #copyObject(object: object): Json {
    if (this.#parents.length >= JSON_DEPTH_MAX) this.#refuseDepth(object);
    this.#count(1, 2);
    this.#parents.push(object);
    const copy = Array.isArray(object) ? this.#copyList(object) : this.#copyMembers(object);
    this.#parents.pop();
    return copy;
  }

  #copyList(list: readonly unknown[]): Json {
    const copy: Json[] = [];
    // Not `map`, which leaves holes out.
    for (let i = 0; i < list.length; i++) {
      this.#count(1, 1);
      this.#keys.push(i);
      copy.push(this.copy(list[i]));
      this.#keys.pop();
    }
    return copy;
  }

  #copyMembers(object: object): Json {
    const problem = lossOf(object);
    if (problem !== null) return this.#refuse(problem.reason, problem.remedy);
    const copy: Record<string, Json> = {};
    for (const key of Object.keys(object)) {
      this.#keys.push(key);
      const member = (object as Readonly<Record<string, unknown>>)[key];
      if (member !== undefined) {
        this.#count(key.length + 4, key.length * UNIT_BYTES_MAX + 4);
        set(copy, key, this.copy(member));
      }
      this.#keys.pop();
    }
    return copy;
  }

  #count(bytesMin: number, bytesMax: number): void {
    this.#bytesMin += bytesMin;
    this.#bytesMax += bytesMax;
    if (this.#bytesMin > JSON_BYTES_MAX) throw tooLarge();
  }

  #refuseDepth(object: object): never {
    const chain = [...this.#parents, object];
    const again = chain.findIndex((each, i) => chain.indexOf(each) < i);
    if (again >= 0) throw refusalOf(pathOf(this.#keys.slice(0, again)), ...circle);
    throw refusalOf('', `is nested more than ${JSON_DEPTH_MAX} levels deep.`, 'Flatten it.');
  }

  #refuse(reason: string, remedy: string): never {
    throw refusalOf(this.part(), reason, remedy);
  }
}

const circle = ['contains itself.', 'Refer to it by an id.'] as const;

function pathOf(keys: readonly (string | number)[]): string {
  return keys.reduce<string>((path, key) => joinField(path, key), '');
}

function tooLarge(): Refusal {
  const reason = `is larger than ${JSON_BYTES_MAX / 1024} KiB as JSON.`;
  return refusalOf('', reason, 'Keep it elsewhere and write where it is.');
}

/** A key named `__proto__` is a key like any other. */
function set(copy: Record<string, Json>, key: string, value: Json): void {
  if (key !== '__proto__') copy[key] = value;
  else Object.defineProperty(copy, key, { value, enumerable: true, writable: true });
}

const REMEDIES: Readonly<Record<string, string>> = {
  Map: 'Use Object.fromEntries(map).',
  Set: 'Spread it into a list.',
  Error: 'Write its message.',
  Promise: 'Await it first.',
};

/** What JSON would lose of an object that is no list; `null` = nothing. */
function lossOf(object: object): { readonly reason: string; readonly remedy: string } | null {
  const prototype: unknown = Object.getPrototypeOf(object);
  if (prototype === Object.prototype || prototype === null) return null;
  const kind = tagOf(object);
  if (kind === 'Object') return null;
  if (ArrayBuffer.isView(object) || kind === 'ArrayBuffer') {
    return { reason: 'is binary, which JSON does not have.', remedy: 'Write it as base64 text.' };
  }
  const article = /^[AEIOU]/u.test(kind) ? 'an' : 'a';
  const reason = `is ${article} ${kind}, of which JSON keeps nothing.`;
  return { reason, remedy: REMEDIES[kind] ?? 'Write what it holds as plain data.' };
}

/** `Object` for plain objects and those of a class, `Map`, `Error` and the like for others. */
function tagOf(object: object): string {
  return Object.prototype.toString.call(object).slice('[object '.length, -1);
}

function utf8Length(text: string): number {
  let length = 0;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    // Each half of a surrogate pair makes two of the four bytes.
    const isHalf = unit >= 0xd800 && unit <= 0xdfff;
    length += unit < 0x80 ? 1 : unit < 0x800 || isHalf ? 2 : 3;
  }
  return length;
}

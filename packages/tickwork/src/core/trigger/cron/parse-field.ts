import type { CronDialect, CronFieldRule, CronItem } from './cron-expression.ts';
import type { CronSource } from './cron-refusal.ts';
import { quote, refuseCron } from './cron-refusal.ts';
import { isDigit, nameAt } from './field-words.ts';

/**
 * Reads one field of an expression from left to right, character by character,
 * never going back: the work is bounded by the length of the text, and a list
 * by half of it. Values of the quartz dialect (1 = Sunday) and ranges that run
 * backwards in it are turned into the standard ones on the way.
 */

/** Stands for a number with more digits than any field has. */
const TOO_LARGE = 1_000_000;

/** `L-30` is the first of a month of 31 days. */
const LAST_OFFSET_MAX = 30;

const NOTHING = -1;
const PLUS = 43;
const COMMA = 44;
const DASH = 45;
const SLASH = 47;
const HASH = 35;
const STAR = 42;
const QUESTION = 63;
const TILDE = 126;
const PAREN_OPEN = 40;
const PAREN_CLOSE = 41;
const LETTER_H = 104;
const LETTER_L = 108;
const LETTER_W = 119;

const ALL: CronItem = { kind: 'all' };

export class FieldReader {
  readonly #source: CronSource;
  readonly #text: string;
  readonly #quartz: boolean;
  #rule: CronFieldRule;
  #at = 0;
  #end = 0;
  #itemStart = 0;
  /** The value read last was a name. */
  #named = false;
  /** How many characters and values were looked at; bounded by the text's length. */
  steps = 0;

  constructor(source: CronSource, dialect: CronDialect, rule: CronFieldRule) {
    this.#source = source;
    this.#text = source.text;
    this.#quartz = dialect === 'quartz';
    this.#rule = rule;
  }

  /** Takes the `+` that may begin the day-of-week field; the new start of the field. */
  takePlus(start: number, end: number): number {
    if (this.#text.charCodeAt(start) !== PLUS) return start;
    if (end - start > 1) return start + 1;
    return refuseCron(this.#source, 'day of week: "+" stands alone.', 'Write +MON or *.');
  }

  /** The items of the field that stands at `start` (inclusive) to `end` (exclusive). */
  read(rule: CronFieldRule, start: number, end: number): readonly CronItem[] {
    this.#rule = rule;
    this.#at = start;
    this.#end = end;
    const items: CronItem[] = [];
    for (;;) {
      this.#itemStart = this.#at;
      this.#item(items);
      if (this.#at >= end) break;
      if (this.#code() !== COMMA) this.#notValue();
      this.#at++;
    }
    if (items.length > 1) this.#checkList(items);
    return items;
  }

  #checkList(items: readonly CronItem[]): void {
    for (const item of items) {
      if (item.kind === 'nearest' || (item.kind === 'last' && item.workday)) {
        this.#refuse('"W" stands in a list.', 'Write "W" as the only value of the field.');
      }
    }
  }

  #item(items: CronItem[]): void {
    this.steps++;
    const code = this.#code();
    if (code === STAR) {
      this.#at++;
      if (this.#code() !== SLASH) items.push(ALL);
      else items.push({ kind: 'every', step: this.#step() });
    } else if (code === QUESTION) {
      items.push(this.#question());
    } else if ((code | 32) === LETTER_H && this.#rule.name !== 'year') {
      items.push(this.#hash());
    } else if ((code | 32) === LETTER_L) {
      items.push(this.#last());
    } else {
      this.#valueItem(items);
    }
  }

  #question(): CronItem {
    const { name } = this.#rule;
    if (name !== 'dayOfMonth' && name !== 'dayOfWeek') {
      this.#refuse('"?" may stand in the day fields only.', 'Write "*".');
    }
    this.#at++;
    const whole = this.#at === this.#end && this.#isFieldStart();
    if (!whole) this.#refuse('"?" stands beside other values.', 'Write "?" or "*" alone.');
    return ALL;
  }

  #isFieldStart(): boolean {
    const before = this.#itemStart - 1;
    return before < 0 || this.#text.charCodeAt(before) !== COMMA;
  }

  /** `H`, `H/n`, `H(a-b)`, `H(a-b)/n`. */
  #hash(): CronItem {
    const { min, hashLast } = this.#rule;
    this.#at++;
    let from = min;
    let to = hashLast;
    if (this.#code() === PAREN_OPEN) {
      this.#at++;
      const first = this.#value();
      if (this.#code() !== DASH) this.#notValue();
      this.#at++;
      [from, to] = this.#ends(first, this.#value());
      if (this.#code() !== PAREN_CLOSE) this.#notValue();
      this.#at++;
      if (to < from) this.#refuse(`${this.#piece()} runs backwards.`, 'Put the smaller first.');
    }
    const step = this.#code() === SLASH ? this.#step() : 0;
    return { kind: 'hash', from, to, step };
  }

  /**
   * `L`, `L-n`, `LW`, `L-nW` in the day of month, `L-0` being `L`; a lone `L` in the day of week
   * of quartz.
   */
  #last(): CronItem {
    const { name } = this.#rule;
    this.#at++;
    if (name === 'dayOfWeek' && this.#quartz && this.#at === this.#end && this.#isFieldStart()) {
      return { kind: 'range', from: 6, to: 6, step: 1 };
    }
    if (name === 'dayOfWeek') {
      this.#refuse('"L" needs a weekday before it.', 'Write 5L or FRI#L for the last Friday.');
    }
    if (name !== 'dayOfMonth') this.#notValue();
    let offset = 0;
    if (this.#code() === DASH) {
      this.#at++;
      if (!isDigit(this.#code())) this.#notValue();
      offset = this.#number();
      if (offset > LAST_OFFSET_MAX) {
        this.#refuse(`${this.#piece()} is not within L-0 to L-30.`, 'Write L for the last day.');
      }
    }
    const workday = (this.#code() | 32) === LETTER_W;
    if (workday) this.#at++;
    return { kind: 'last', offset, workday };
  }

  #valueItem(items: CronItem[]): void {
    const written = this.#value();
    const code = this.#code();
    if (code === DASH || code === TILDE) {
      this.#rangeItem(items, written, code);
      return;
    }
    const { name } = this.#rule;
    const value = name === 'dayOfWeek' && written === 7 ? 0 : written;
    if (code === SLASH) {
      items.push(this.#openRange(written));
    } else if (name === 'dayOfMonth' && (code | 32) === LETTER_W) {
      this.#at++;
      items.push({ kind: 'nearest', day: value });
    } else if (name === 'dayOfWeek' && (code | 32) === LETTER_L) {
      this.#at++;
      items.push({ kind: 'nth', weekday: value, nth: -1 });
    } else if (name === 'dayOfWeek' && code === HASH) {
      items.push({ kind: 'nth', weekday: value, nth: this.#nth() });
    } else {
      items.push({ kind: 'range', from: value, to: value, step: 1 });
    }
  }

  /** `a/n`: from a value to the end of the field. */
  #openRange(from: number): CronItem {
    if (this.#rule.name === 'dayOfWeek' && from === 7) {
      this.#refuse('steps cannot start at 7, the end of the week.', 'Write 0 for Sunday.');
    }
    return { kind: 'range', from, to: this.#rule.last, step: this.#step() };
  }

  #rangeItem(items: CronItem[], first: number, separator: number): void {
    const firstNamed = this.#named;
    this.#at++;
    const second = this.#value();
    const [from, to] = this.#ends(first, second);
    const step = this.#code() === SLASH ? this.#step() : 1;
    this.#named &&= firstNamed;
    if (separator === TILDE) {
      if (step !== 1) this.#refuse('"~" takes no step.', 'Write H(a-b)/n.');
      if (to < from) this.#refuse(`${this.#piece()} runs backwards.`, 'Put the smaller first.');
      items.push({ kind: 'hash', from, to, step: 0 });
    } else if (to >= from) {
      items.push({ kind: 'range', from, to, step });
    } else if (this.#quartz && this.#rule.name !== 'year') {
      this.#wrap(items, from, to, step);
    } else {
      this.#refuseWrap(from, to, step);
    }
  }

  /** The ends of a range: a Sunday that closes one, written 7 or SUN, is day 7. */
  #ends(first: number, second: number): readonly [number, number] {
    if (this.#rule.name !== 'dayOfWeek' || this.#quartz) return [first, second];
    const to = second === 0 && this.#named ? 7 : second;
    return first === 7 && to === 7 ? [0, 0] : [first, to];
  }

  /** Cuts a range that runs over the end of the field in two, keeping its steps. */
  #wrap(items: CronItem[], from: number, to: number, step: number): void {
    const { min, last } = this.#rule;
    items.push({ kind: 'range', from, to: last, step });
    const size = last - min + 1;
    const lastBefore = from + Math.floor((last - from) / step) * step;
    const restart = lastBefore + step - size;
    if (restart <= to) items.push({ kind: 'range', from: restart, to, step });
  }

  #refuseWrap(from: number, to: number, step: number): never {
    const { min, last } = this.#rule;
    const piece = this.#piece();
    const name = (value: number) => this.#nameOf(value, this.#named);
    const span = (a: number, b: number) => (a === b ? name(a) : `${name(a)}-${name(b)}`);
    const start = this.#rule.name === 'dayOfWeek' && from === 7 ? 0 : from;
    let corrected = start <= to ? span(start, to) : `${span(start, last)},${span(min, to)}`;
    if (this.#rule.name === 'year') corrected = span(to, start);
    if (step !== 1) corrected = 'a list of the values meant';
    else corrected = quote(this.#textWith(corrected));
    this.#refuse(`the range ${quote(piece)} runs backwards.`, `Write ${corrected}.`);
  }

  /** The whole expression with the item at hand replaced. */
  #textWith(item: string): string {
    return this.#text.slice(0, this.#itemStart) + item + this.#text.slice(this.#itemEnd());
  }

  #nameOf(value: number, named: boolean): string {
    const { names, min } = this.#rule;
    return (named ? names[(value - min) % Math.max(1, names.length)] : undefined) ?? `${value}`;
  }

  #nth(): number {
    this.#at++;
    const code = this.#code();
    if ((code | 32) === LETTER_L) {
      this.#at++;
      return -1;
    }
    const nth = this.#number();
    if (nth < 1 || nth > 5) {
      this.#refuse(`${quote(this.#piece())} is not within #1 to #5.`, 'Write #L for the last.');
    }
    return nth;
  }

  /** A checked value of the field; days of the week as 0 = Sunday, with 7 where 7 is written. */
  #value(): number {
    const code = this.#code();
    this.#named = false;
    if (isDigit(code)) return this.#checked(this.#number());
    const { names } = this.#rule;
    if (names.length > 0 && this.#at + 3 <= this.#end) {
      const value = nameAt(this.#rule, this.#text, this.#at);
      if (value !== undefined) {
        this.#at += 3;
        this.#named = true;
        this.steps += 3;
        return value;
      }
    }
    return this.#notValue();
  }

  #checked(value: number): number {
    const { max } = this.#rule;
    const min = this.#rule.name === 'dayOfWeek' && this.#quartz ? 1 : this.#rule.min;
    if (value >= min && value <= max) return value - (min - this.#rule.min);
    const shown = value === TOO_LARGE ? this.#piece() : `${value}`;
    const leap =
      shown === '60' && this.#rule.name === 'second' ? ' There are no leap seconds.' : '';
    return this.#refuse(
      `${quote(shown)} is not within ${min}-${max}.${leap}`,
      `Write a number from ${min} to ${max}.`,
    );
  }

  /** The step after a slash: 1 to the span of the field. */
  #step(): number {
    this.#at++;
    if (!isDigit(this.#code())) {
      this.#refuse(`${quote(this.#piece())} has no number after "/".`, 'Write a step such as */5.');
    }
    const step = this.#number();
    const span = this.#span();
    if (step === 0) this.#refuse('a step of 0 never moves.', `Write a step of 1 to ${span}.`);
    if (step > span) {
      this.#refuse(`a step of ${step} is larger than the field.`, this.#longStep(step, span));
    }
    return step;
  }

  #span(): number {
    const { min, max, name } = this.#rule;
    return max - min - (name === 'dayOfWeek' && this.#quartz ? 1 : 0);
  }

  #longStep(step: number, span: number): string {
    const units: Partial<Record<string, string>> = { second: 's', minute: 'm', hour: 'h' };
    const unit = units[this.#rule.name];
    const advice = `Write a step of 1 to ${span}`;
    return unit === undefined || step === TOO_LARGE
      ? `${advice}.`
      : `${advice}, or "@every ${step}${unit}" for an interval.`;
  }

  /** The digits at hand as a number; the caller has made sure of the first or checks the result. */
  #number(): number {
    if (!isDigit(this.#code())) this.#notValue();
    let value = 0;
    for (;;) {
      const code = this.#code();
      if (!isDigit(code)) break;
      value = value * 10 + (code - 48);
      if (value > TOO_LARGE) value = TOO_LARGE;
      this.#at++;
      this.steps++;
    }
    return value;
  }

  #code(): number {
    return this.#at < this.#end ? this.#text.charCodeAt(this.#at) : NOTHING;
  }

  #itemEnd(): number {
    let end = this.#itemStart;
    while (end < this.#end && this.#text.charCodeAt(end) !== COMMA) end++;
    return end;
  }

  /** The list member at hand as written. */
  #piece(): string {
    return this.#text.slice(this.#itemStart, this.#itemEnd());
  }

  #notValue(): never {
    const piece = this.#piece();
    const { name, names, min, max } = this.#rule;
    if (piece === '') this.#refuse('a value is missing.', 'Write a value or "*".');
    const first = names[0];
    const last = names[names.length - 1];
    const range = `${name === 'dayOfWeek' && this.#quartz ? 1 : min}-${max}`;
    const valid = first === undefined ? range : `${range} or ${first}-${last}`;
    return this.#refuse(`${quote(piece)} is not a value.`, `Write ${valid}, *, a range or a step.`);
  }

  #refuse(reason: string, remedy: string): never {
    return refuseCron(this.#source, `${this.#rule.label}: ${reason}`, remedy);
  }
}

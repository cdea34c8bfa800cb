import type { CronFieldRule } from './cron-expression.ts';
import { CRON_FIELDS } from './cron-expression.ts';

/** The values of a field's three-letter names, by the name's letters as one number. */
const tables: ReadonlyMap<CronFieldRule, ReadonlyMap<number, number>> = new Map(
  CRON_FIELDS.map((rule) => [rule, nameTable(rule)]),
);

/** The value of the three-letter name at a position of a text, in any case, or `undefined`. */
export function nameAt(rule: CronFieldRule, text: string, at: number): number | undefined {
  const first = text.charCodeAt(at);
  const second = text.charCodeAt(at + 1);
  const third = text.charCodeAt(at + 2);
  if (!isLetter(first) || !isLetter(second) || !isLetter(third)) return undefined;
  return tables.get(rule)?.get(nameKey(first, second, third));
}

export function isDigit(code: number): boolean {
  return code >= 48 && code <= 57;
}

/** True for A to Z in either case: setting bit 5 makes a letter a small one. */
function isLetter(code: number): boolean {
  return (code | 32) >= 97 && (code | 32) <= 122;
}

function nameKey(first: number, second: number, third: number): number {
  return ((first | 32) << 16) | ((second | 32) << 8) | (third | 32);
}

function nameTable(rule: CronFieldRule): ReadonlyMap<number, number> {
  return new Map(
    rule.names.map((name, i) => [
      nameKey(name.charCodeAt(0), name.charCodeAt(1), name.charCodeAt(2)),
      rule.min + i,
    ]),
  );
}

import type { Locale } from '../trigger.ts';

/** `a, b and c`; `a、b 和 c`. */
export function listText(
  parts: readonly string[],
  locale: Locale,
  junction: 'and' | 'or' = 'and',
): string {
  if (parts.length < 2) return parts[0] ?? '';
  const head = parts.slice(0, -1);
  const last = parts[parts.length - 1] ?? '';
  if (locale === 'en') return `${head.join(', ')} ${junction} ${last}`;
  return joinChinese(joinChinese(head.join('、'), junction === 'and' ? '和' : '或'), last);
}

/** Puts a space where Chinese and Latin letters or digits meet. */
export function joinChinese(left: string, right: string): string {
  const isLatin = (letter: string | undefined) =>
    letter !== undefined && /[\x21-\x7e]/.test(letter);
  return isLatin(left.at(-1)) === isLatin(right[0]) ? `${left}${right}` : `${left} ${right}`;
}

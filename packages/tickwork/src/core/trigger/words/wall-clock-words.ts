import type { DstRule } from '../../time/dst-rule.ts';
import type { Locale } from '../trigger.ts';
import { listText } from './list-words.ts';

const WEEKDAYS = [
  ['Monday', '一'],
  ['Tuesday', '二'],
  ['Wednesday', '三'],
  ['Thursday', '四'],
  ['Friday', '五'],
  ['Saturday', '六'],
  ['Sunday', '日'],
] as const;

/** Names of ISO weekdays: `Monday`; `一` (to be put after 周). */
export function weekdaysText(weekdays: readonly number[], locale: Locale): readonly string[] {
  return weekdays.map((weekday) => WEEKDAYS[weekday - 1]?.[locale === 'en' ? 0 : 1] ?? '');
}

interface Times {
  readonly times: readonly string[];
  readonly zone: string;
  readonly dst: DstRule;
}

const TIMES_SHOWN_MAX = 6;

/** The times with their zone: `09:00 and 17:00 (Asia/Shanghai)`. */
export function timesText({ times, zone, dst }: Times, locale: Locale): string {
  const shown = times.slice(0, TIMES_SHOWN_MAX);
  const rest = times.length - shown.length;
  const more = locale === 'en' ? `${rest} more times` : `另外 ${rest} 个时刻`;
  const list = listText(rest > 0 ? [...shown, more] : shown, locale);
  const rule = dstText(dst, locale);
  return locale === 'en' ? `${list} (${zone}${rule})` : `${list}(${zone}${rule})`;
}

/** Says only what differs from the default. */
function dstText({ gap, overlap }: DstRule, locale: Locale): string {
  const english = locale === 'en';
  let text = '';
  if (gap === 'skip') text += english ? ', lost times skipped' : ',跳过夏令时缺失的时刻';
  if (overlap === 'both') text += english ? ', repeated times twice' : ',重复的时刻执行两次';
  if (overlap === 'last') text += english ? ', repeated times last' : ',重复的时刻取后一次';
  return text;
}

/** From which date periods longer than one are counted. */
export function anchorText(
  spec: { readonly every: number; readonly anchorDate?: string },
  locale: Locale,
): string {
  if (spec.every === 1 || spec.anchorDate === undefined) return '';
  return locale === 'en' ? `, counted from ${spec.anchorDate}` : `(自 ${spec.anchorDate} 起算)`;
}

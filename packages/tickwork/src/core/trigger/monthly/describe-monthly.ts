import type { MonthDay, MonthlySpec } from '../../model/trigger-spec.ts';
import type { Locale } from '../trigger.ts';
import { joinChinese, listText } from '../words/list-words.ts';
import { anchorText, timesText, weekdaysText } from '../words/wall-clock-words.ts';

/** `every month on the 1st and the last Friday at 09:00 (UTC)`. */
export function describeMonthly(spec: MonthlySpec, locale: Locale): string {
  const days = listText(
    spec.days.map((day) => dayText(day, locale)),
    locale,
  );
  const times = timesText(spec, locale);
  if (locale === 'en') {
    const months = spec.every === 1 ? 'every month' : `every ${spec.every} months`;
    return `${months} on ${days} at ${times}${anchorText(spec, locale)}`;
  }
  const months = spec.every === 1 ? '每月' : `每 ${spec.every} 个月的`;
  return `${joinChinese(months, days)} ${times}${anchorText(spec, locale)}`;
}

function dayText(day: MonthDay, locale: Locale): string {
  if ('day' in day) return numberedDay(day.day, locale);
  const unit = unitText(day, locale);
  if (locale === 'en') return `the ${placeText(day.nth)} ${unit}`;
  if (day.nth === -1) return `最后一个${unit}`;
  return day.nth > 0 ? `第 ${day.nth} 个${unit}` : `倒数第 ${-day.nth} 个${unit}`;
}

function numberedDay(day: number, locale: Locale): string {
  if (locale === 'en') return day > 0 ? `the ${ordinal(day)}` : `the ${placeText(day)} day`;
  if (day > 0) return `${day} 日`;
  return day === -1 ? '最后一天' : `倒数第 ${-day} 天`;
}

function unitText(day: Exclude<MonthDay, { readonly day: number }>, locale: Locale): string {
  if ('workday' in day) return locale === 'en' ? 'working day' : '工作日';
  const name = weekdaysText([day.weekday], locale)[0] ?? '';
  return locale === 'en' ? name : `周${name}`;
}

/** `1st`, `last`, `2nd to last`. */
function placeText(nth: number): string {
  if (nth > 0) return ordinal(nth);
  return nth === -1 ? 'last' : `${ordinal(-nth)} to last`;
}

function ordinal(value: number): string {
  const teen = value % 100 >= 11 && value % 100 <= 13;
  const ending = teen ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
  return `${value}${ending}`;
}

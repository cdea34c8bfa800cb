import type { RandomSpec } from '../../model/trigger-spec.ts';
import type { Locale } from '../trigger.ts';
import { durationText } from '../words/duration-words.ts';
import { listText } from '../words/list-words.ts';
import { weekdaysText } from '../words/wall-clock-words.ts';

/** `at random intervals of 10 minutes to 1 hour, between 08:00 and 22:00 (UTC), not on Sunday`. */
export function describeRandom(spec: RandomSpec, locale: Locale): string {
  const [min, max] = [durationText(spec.minMs, locale), durationText(spec.maxMs, locale)];
  const parts = [
    locale === 'en' ? `at random intervals of ${min} to ${max}` : `每隔 ${min}至 ${max}随机执行`,
  ];
  if (spec.activeHours !== undefined) {
    const spans = spec.activeHours.map(({ from, to }) => `${from}–${to}`);
    const list = listText(spans, locale);
    parts.push(locale === 'en' ? `within ${list} (${spec.zone})` : `限 ${list}(${spec.zone})`);
  }
  if (spec.weekdayWeights !== undefined) parts.push(...weightsText(spec.weekdayWeights, locale));
  return parts.join(locale === 'en' ? ', ' : ',');
}

function weightsText(weights: readonly number[], locale: Locale): readonly string[] {
  const english = locale === 'en';
  const days = weights.map((_, i) => i + 1);
  const off = weekdaysText(
    days.filter((day) => weights[day - 1] === 0),
    locale,
  );
  const rated = days.filter((day) => (weights[day - 1] ?? 0) > 0);
  const parts: string[] = [];
  if (off.length > 0) {
    parts.push(english ? `not on ${listText(off, locale, 'or')}` : `周${off.join('、')}除外`);
  }
  if (new Set(rated.map((day) => weights[day - 1])).size > 1) {
    const names = weekdaysText(rated, locale);
    const list = rated.map((day, i) => `${english ? '' : '周'}${names[i]} ${weights[day - 1]}`);
    parts.push(english ? `weighted ${list.join(', ')}` : `权重 ${list.join('、')}`);
  }
  return parts;
}

import type { RollRule, TriggerBounds } from '../../model/trigger-spec.ts';
import type { Locale } from '../trigger.ts';
import { durationText } from '../words/duration-words.ts';
import { instantText } from '../words/instant-words.ts';

const ROLLED: Readonly<Record<RollRule, readonly [string, string]>> = {
  skip: ['', ''],
  following: [', moved to the next working day', ',顺延至下一个工作日'],
  preceding: [', moved to the previous working day', ',提前至上一个工作日'],
  'modified-following': [
    ', moved to the next working day of the month, else to the previous one',
    ',顺延至当月的下一个工作日,否则提前',
  ],
  'modified-preceding': [
    ', moved to the previous working day of the month, else to the next one',
    ',提前至当月的上一个工作日,否则顺延',
  ],
};

/** What bounds add to the sentence of a trigger; `''` if there are none. */
export function describeBounds(bounds: TriggerBounds, locale: Locale): string {
  const english = locale === 'en';
  const { startAt, endAt, runsMax, jitterMs, calendar, roll } = bounds;
  let text = '';
  if (calendar !== undefined) {
    text += english ? `, by calendar ${calendar}` : `,按日历 ${calendar}`;
    text += ROLLED[roll ?? 'skip'][english ? 0 : 1];
  }
  if (startAt !== undefined) {
    text += english ? `, from ${instantText(startAt)}` : `,自 ${instantText(startAt)} 起`;
  }
  if (endAt !== undefined) {
    text += english ? `, until ${instantText(endAt)}` : `,至 ${instantText(endAt)} 止`;
  }
  if (runsMax !== undefined) {
    const times = runsMax === 1 ? 'once' : `${runsMax} times`;
    text += english ? `, at most ${times}` : `,最多 ${runsMax} 次`;
  }
  if (jitterMs !== undefined) {
    const length = durationText(jitterMs, locale);
    text += english ? `, delayed by up to ${length}` : `,随机延后最多 ${length}`;
  }
  return text;
}

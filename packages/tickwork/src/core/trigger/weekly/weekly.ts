import type { WeeklySpec } from '../../model/trigger-spec.ts';
import { weekdayOf } from '../../time/civil.ts';
import { DAY_NUMBER_END, parseDate } from '../../time/date-text.ts';
import type { CompileKind } from '../kind.ts';
import type { Locale } from '../trigger.ts';
import { type DayRule, TimedDays } from '../wall-clock/timed-days.ts';
import { WallClockTrigger } from '../wall-clock/wall-clock-trigger.ts';
import { listText } from '../words/list-words.ts';
import { anchorText, timesText, weekdaysText } from '../words/wall-clock-words.ts';

export const compileWeekly: CompileKind<'weekly'> = (spec, env) => {
  const zone = env.zones.get(spec.zone);
  const readings = new TimedDays(spec.times, weekdaysOfEveryNthWeek(spec));
  const { kind, dst } = spec;
  return new WallClockTrigger(
    { kind, readings, zone, dst, describe: (locale) => describe(spec, locale) },
    env.rules,
  );
};

/** Weeks begin on Monday. At most eight days are looked at: a whole week and its first day. */
function weekdaysOfEveryNthWeek({ weekdays, every, anchorDate }: WeeklySpec): DayRule {
  const anchorMonday = mondayOf(parseDate(anchorDate ?? '') ?? 0);
  const wanted = new Set(weekdays.map((weekday) => weekday % 7));
  return {
    nextDay(dayNumber) {
      let day = dayNumber;
      for (let i = 0; i <= 7; i++) {
        const weeks = (mondayOf(day) - anchorMonday) / 7;
        const rest = ((weeks % every) + every) % every;
        if (rest !== 0) day = mondayOf(day) + (every - rest) * 7;
        if (day >= DAY_NUMBER_END) return null;
        if (wanted.has(weekdayOf(day))) return day;
        day++;
      }
      return null;
    },
  };
}

function mondayOf(dayNumber: number): number {
  return dayNumber - ((weekdayOf(dayNumber) + 6) % 7);
}

function describe(spec: WeeklySpec, locale: Locale): string {
  const days = weekdaysText(spec.weekdays, locale);
  const times = timesText(spec, locale);
  if (locale === 'en') {
    const weeks = spec.every === 1 ? 'every week' : `every ${spec.every} weeks`;
    return `${weeks} on ${listText(days, locale)} at ${times}${anchorText(spec, locale)}`;
  }
  const weeks = spec.every === 1 ? '每周' : `每 ${spec.every} 周的周`;
  return `${weeks}${days.join('、')} ${times}${anchorText(spec, locale)}`;
}

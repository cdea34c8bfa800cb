import type { DailySpec } from '../../model/trigger-spec.ts';
import { DAY_NUMBER_END, parseDate } from '../../time/date-text.ts';
import type { CompileKind } from '../kind.ts';
import type { Locale } from '../trigger.ts';
import { type DayRule, TimedDays } from '../wall-clock/timed-days.ts';
import { WallClockTrigger } from '../wall-clock/wall-clock-trigger.ts';
import { anchorText, timesText } from '../words/wall-clock-words.ts';

export const compileDaily: CompileKind<'daily'> = (spec, env) => {
  const zone = env.zones.get(spec.zone);
  const readings = new TimedDays(spec.times, everyNthDay(spec));
  const { kind, dst } = spec;
  return new WallClockTrigger(
    { kind, readings, zone, dst, describe: (locale) => describe(spec, locale) },
    env.rules,
  );
};

function everyNthDay({ every, anchorDate }: DailySpec): DayRule {
  const anchor = parseDate(anchorDate ?? '') ?? 0;
  return {
    nextDay(dayNumber) {
      const day = anchor + Math.ceil((dayNumber - anchor) / every) * every;
      return day < DAY_NUMBER_END ? day : null;
    },
  };
}

function describe(spec: DailySpec, locale: Locale): string {
  const times = timesText(spec, locale);
  if (locale === 'en') {
    const days = spec.every === 1 ? 'every day' : `every ${spec.every} days`;
    return `${days} at ${times}${anchorText(spec, locale)}`;
  }
  const days = spec.every === 1 ? '每天' : `每 ${spec.every} 天`;
  return `${days} ${times}${anchorText(spec, locale)}`;
}

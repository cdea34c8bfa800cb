import type { MonthlySpec, TriggerSpec } from '../model/trigger-spec.ts';
import { civilFromDays } from '../time/civil.ts';
import { parseDate } from '../time/date-text.ts';
import type { CronItem } from '../trigger/cron/cron-expression.ts';
import { isUnrestricted } from '../trigger/cron/cron-expression.ts';
import { compileMasks } from '../trigger/cron/cron-masks.ts';
import { parseCron } from '../trigger/cron/parse-cron.ts';
import { type LintHit, type LintRule, partsOf } from './lint-rule.ts';

export const missingDay: LintRule = {
  id: 'missing-day',
  severity: 'warning',
  summary: 'A day of the month does not exist in every month that the job names.',
  reason:
    'A month without the 31st is left out, not moved: a job of the 31st runs seven times a ' +
    'year, one of the 29th misses February in three of four years. Nothing fails, so nobody ' +
    'notices.',
  remedy:
    'Write `last` (in cron `L`) for the last day of every month, `-2` (`L-1`) for the one ' +
    'before it, or a day up to 28.',
  example: ['jobs:', '  invoices:', "    monthly: '31 09:00'", '    task: invoices'],
  check({ definition }) {
    const parts = partsOf(definition.trigger).map(lateDaysOf);
    const reached = new Set(parts.flatMap((part) => monthsReached(part)));
    return parts.flatMap((part) => [...missingHits(part, reached), ...fifthHits(part)]);
  },
};

/** A day that a part of the trigger names. */
interface Day {
  /** As users read it: `31`, `L-30`. */
  readonly text: string;
  /** The length that a month must have for it to exist. */
  readonly monthLength: number;
}

/** What of a trigger is near the end of a month. */
interface LateDays {
  /** 1 to 12, those in which it can fire. */
  readonly months: readonly number[];
  /** The days that not every month has. */
  readonly days: readonly Day[];
  /** It also names the 28th or a day that is counted from the end. */
  readonly reachesEnd: boolean;
  /** It names the fifth of a weekday. */
  readonly isFifth: boolean;
}

const NOTHING: LateDays = { months: [], days: [], reachesEnd: false, isFifth: false };
const SHORTEST = 28;
const MONTHS = [
  ...['January', 'February', 'March', 'April', 'May', 'June', 'July', 'August', 'September'],
  ...['October', 'November', 'December'],
];

/** How long a month is; February in three of four years. */
function lengthOf(month: number): number {
  if (month === 2) return SHORTEST;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function monthsReached({ months, days, reachesEnd }: LateDays): readonly number[] {
  return months.filter(
    (month) => reachesEnd || days.some(({ monthLength }) => monthLength <= lengthOf(month)),
  );
}

function missingHits({ months, days }: LateDays, reached: ReadonlySet<number>): LintHit[] {
  const missed = months.filter((month) => !reached.has(month));
  if (days.length === 0 || missed.length === 0) return [];
  const names = missed.map((month) => MONTHS[month - 1]);
  const some = days.some(({ monthLength }) => monthLength === SHORTEST + 1);
  const leap = missed[0] === 2 && some ? ' (but for leap years)' : '';
  const message =
    `It leaves out ${names.join(', ')}${leap}: no day ` +
    `${days.map(({ text }) => text).join(' or ')} there.`;
  const remedy = 'Write last (in cron L) for the last day of every month, or a day up to 28.';
  return [{ path: ['trigger'], message, remedy }];
}

function fifthHits({ isFifth }: LateDays): LintHit[] {
  if (!isFifth) return [];
  const message = 'It leaves out the months without a fifth one of its weekday, two of three.';
  const remedy = 'Write last fri (in cron 5L) if the last one of the month is meant.';
  return [{ path: ['trigger'], message, remedy, severity: 'note' }];
}

function lateDaysOf(spec: TriggerSpec): LateDays {
  if (spec.kind === 'monthly') return lateDaysOfMonthly(spec);
  if (spec.kind !== 'cron') return NOTHING;
  const parsed = parseCron(spec.expression, { dialect: spec.dialect });
  const { dayOfMonth, dayOfWeek } = parsed;
  const isFifth =
    isUnrestricted(dayOfMonth) && dayOfWeek.every((item) => item.kind === 'nth' && item.nth === 5);
  const { months: bits } = compileMasks(parsed, '');
  const months = MONTHS.map((_, i) => i + 1).filter((month) => (bits & (1 << month)) !== 0);
  // Beside a day of the week it fires in every month, or is rare on purpose.
  if (!isUnrestricted(dayOfWeek)) return { ...NOTHING, months, isFifth };
  return { ...dividedDays(dayOfMonth.flatMap(daysOfItem)), months, isFifth };
}

function lateDaysOfMonthly({ days, every, anchorDate }: MonthlySpec): LateDays {
  const first = civilFromDays(parseDate(anchorDate ?? '') ?? 0).month;
  const months = new Set(Array.from({ length: 12 }, (_, i) => ((first - 1 + i * every) % 12) + 1));
  const named = days.flatMap((day) => ('day' in day ? [dayOf(day.day)] : []));
  const isFifth = days.every((day) => 'weekday' in day && day.nth === 5);
  return { ...dividedDays(named), months: [...months].sort((a, b) => a - b), isFifth };
}

/** `number`: of the month, or negative from its end, -1 being the last. */
function dayOf(number: number): Day {
  const text = number > 0 ? `${number}` : `L-${-number - 1}`;
  return { text, monthLength: Math.abs(number) };
}

/** The days that not every month has, and whether others lie at the end of every month. */
function dividedDays(named: readonly Day[]): Pick<LateDays, 'days' | 'reachesEnd'> {
  const days = named.filter(({ monthLength }) => monthLength > SHORTEST);
  const others = named.filter(({ monthLength }) => monthLength <= SHORTEST);
  return { days, reachesEnd: others.some(({ text }) => text === '28' || text.startsWith('L')) };
}

/** A range that begins within every month reaches its end, whatever its steps. */
function daysOfItem(item: CronItem): readonly Day[] {
  switch (item.kind) {
    case 'all':
    case 'every':
      return [dayOf(SHORTEST)];
    case 'range':
      if (item.from === item.to || item.from > SHORTEST) return [dayOf(item.from)];
      return [dayOf(Math.min(item.to, SHORTEST))];
    case 'hash':
      return item.from > SHORTEST ? [dayOf(item.from)] : [];
    case 'nearest':
      return [{ text: `${item.day}W`, monthLength: item.day }];
    case 'last':
      return [dayOf(-1 - item.offset)];
    case 'nth':
      return [];
    default:
      return item satisfies never;
  }
}

import type { CronExpression, CronItem } from './cron-expression.ts';
import { isUnrestricted } from './cron-expression.ts';
import type { TimePlan } from './cron-plan.ts';
import { planTimes, singleValues } from './cron-plan.ts';

const WEEKDAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const MONTHS = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];
const ORDINALS = ['', 'first', 'second', 'third', 'fourth', 'fifth'];

type Name = (value: number) => string;

const weekday: Name = (value) => WEEKDAYS[value % 7] ?? '';
const month: Name = (value) => MONTHS[value - 1] ?? '';
const plain: Name = (value) => `${value}`;

export function describeEnglish(expression: CronExpression): string {
  const plan = planTimes(expression);
  const days = describeDays(expression);
  const everyDay = days === '' && plan.kind === 'times' ? ' every day' : '';
  let text = describeTimes(plan, expression) + (days === '' ? everyDay : days);
  const months = isUnrestricted(expression.month) ? '' : list(expression.month, month, 'month');
  if (months !== '' && !isDate(expression)) text += ` in ${months}`;
  if (!isUnrestricted(expression.year)) text += ` in ${list(expression.year, plain, 'year')}`;
  return text;
}

function describeTimes(plan: TimePlan, expression: CronExpression): string {
  switch (plan.kind) {
    case 'times':
      return `at ${join(plan.times, 'and')}`;
    case 'cadence': {
      const every = plan.step === 1 ? `every ${plan.unit}` : `every ${plan.step} ${plan.unit}s`;
      const from = plan.within === null ? '' : ` from ${plan.within.from} to ${plan.within.to}`;
      const offset = plan.unit === 'hour' && plan.minute !== 0 && from === '';
      return every + (offset ? ` at minute ${plan.minute}` : '') + from;
    }
    case 'fields':
      return describeFields(expression);
    default:
      return plan satisfies never;
  }
}

function describeFields({ second, minute, hour }: CronExpression): string {
  const parts: string[] = [];
  const onlyZero = second.length === 1 && second[0]?.kind === 'range' && second[0].to === 0;
  if (!onlyZero) parts.push(ofField(second, 'second'));
  parts.push(ofField(minute, 'minute'));
  if (!isUnrestricted(hour)) parts.push(ofField(hour, 'hour'));
  const text = parts.join(' of ');
  return text.startsWith('every') ? text : `at ${text}`;
}

function ofField(items: readonly CronItem[], unit: string): string {
  const text = list(items, plain, unit);
  const one = items.length === 1 && items[0]?.kind === 'range' && items[0].from === items[0].to;
  return text.startsWith('every') ? text : `${one ? unit : `${unit}s`} ${text}`;
}

/** One day of one month: `29 February`. */
function isDate(expression: CronExpression): boolean {
  const days = singleValues(expression.dayOfMonth);
  const months = singleValues(expression.month);
  return days?.length === 1 && months?.length === 1 && isUnrestricted(expression.dayOfWeek);
}

/** The day fields with the space or comma before them; empty if both are unrestricted. */
function describeDays(expression: CronExpression): string {
  const { dayOfMonth, dayOfWeek, bothDays } = expression;
  if (isDate(expression)) {
    return ` on ${list(dayOfMonth, plain, 'day')} ${list(expression.month, month, 'month')}`;
  }
  const dates = isUnrestricted(dayOfMonth) ? '' : ` on ${describeDates(dayOfMonth)}`;
  if (isUnrestricted(dayOfWeek)) return dates;
  const weekdays = describeWeekdays(dayOfWeek);
  if (dates === '') return isRange(dayOfWeek) ? `, ${weekdays}` : ` on ${weekdays}`;
  return bothDays ? `${dates} if that is ${weekdays}` : `${dates} or on ${weekdays}`;
}

function isRange(items: readonly CronItem[]): boolean {
  const only = items[0];
  if (items.length !== 1 || only?.kind !== 'range') return false;
  return only.from !== only.to && only.step === 1;
}

function describeDates(items: readonly CronItem[]): string {
  const plainItems = items.filter((item) => item.kind !== 'last' && item.kind !== 'nearest');
  const texts = plainItems.length === 0 ? [] : [dates(plainItems)];
  for (const item of items) {
    if (item.kind === 'nearest') texts.push(`the working day nearest to day ${item.day}`);
    if (item.kind === 'last') texts.push(lastDay(item.offset, item.workday));
  }
  return `${join(texts, 'and')} of the month`;
}

function dates(items: readonly CronItem[]): string {
  const text = list(items, ordinal, 'day');
  return text.startsWith('every') ? text : `the ${text}`;
}

function lastDay(offset: number, workday: boolean): string {
  const before = offset === 1 ? '1 day before' : `${offset} days before`;
  if (workday && offset === 0) return 'the last working day';
  const day = offset === 0 ? 'the last day' : `the day ${before} the last`;
  return workday ? `the working day nearest to ${day}` : day;
}

function describeWeekdays(items: readonly CronItem[]): string {
  const plainItems = items.filter((item) => item.kind !== 'nth');
  const texts = plainItems.length === 0 ? [] : [list(plainItems, weekday, 'weekday')];
  for (const item of items) {
    if (item.kind !== 'nth') continue;
    const nth = item.nth === -1 ? 'last' : (ORDINALS[item.nth] ?? '');
    texts.push(`the ${nth} ${weekday(item.weekday)} of the month`);
  }
  return join(texts, 'and');
}

/** The members of a field in words. */
function list(items: readonly CronItem[], name: Name, unit: string): string {
  return join(
    items.map((item) => member(item, name, unit)),
    'and',
  );
}

function member(item: CronItem, name: Name, unit: string): string {
  if (item.kind === 'all') return `every ${unit}`;
  if (item.kind === 'every') return `every ${nth(item.step)}${unit}`;
  if (item.kind !== 'range') return '';
  if (item.from === item.to) return name(item.from);
  const range = `${name(item.from)} to ${name(item.to)}`;
  return item.step === 1 ? range : `every ${nth(item.step)}${unit} from ${range}`;
}

/** `2nd ` for 2; nothing for 1. */
function nth(step: number): string {
  return step === 1 ? '' : `${ordinal(step)} `;
}

function ordinal(value: number): string {
  const tens = Math.floor(value / 10) % 10;
  const end = tens === 1 ? 'th' : (['th', 'st', 'nd', 'rd'][value % 10] ?? 'th');
  return `${value}${end}`;
}

function join(texts: readonly string[], word: string): string {
  if (texts.length < 2) return texts.join('');
  return `${texts.slice(0, -1).join(', ')} ${word} ${texts[texts.length - 1]}`;
}

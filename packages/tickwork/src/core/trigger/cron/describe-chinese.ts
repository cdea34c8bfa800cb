import type { CronExpression, CronItem } from './cron-expression.ts';
import { isUnrestricted } from './cron-expression.ts';
import type { TimePlan } from './cron-plan.ts';
import { planTimes } from './cron-plan.ts';

const WEEKDAYS = ['周日', '周一', '周二', '周三', '周四', '周五', '周六'];

/** How the values of a field are written. */
interface Words {
  one(value: number): string;
  range(from: number, to: number): string;
  /** What a step counts. */
  readonly counted: string;
}

const weekdayName = (value: number) => WEEKDAYS[value % 7] ?? '';
const WEEKDAY: Words = {
  one: weekdayName,
  range: (from, to) => `${weekdayName(from)}至${weekdayName(to)}`,
  counted: '天',
};
const YEAR = numbered('年', '年');
const MONTH = numbered('月', '个月');
const DAY = numbered('日', '天');
const HOUR = numbered('时', '小时');
const MINUTE = numbered('分', '分钟');
const SECOND = numbered('秒', '秒');

function numbered(unit: string, counted: string): Words {
  return {
    one: (value) => `${value} ${unit}`,
    range: (from, to) => `${from} 至 ${to} ${unit}`,
    counted,
  };
}

/** In Chinese the date goes before the time: year, month, day, time. */
export function describeChinese(expression: CronExpression): string {
  const plan = planTimes(expression);
  const date = describeDate(expression, plan.kind === 'times' ? '每天' : '');
  return joinSpaced(date, describeTimes(plan, expression));
}

/** The date fields; `anyDay` stands where no day is restricted. */
function describeDate(expression: CronExpression, anyDay: string): string {
  const { month, year } = expression;
  const years = isUnrestricted(year) ? '' : list(year, YEAR);
  const months = isUnrestricted(month) ? '' : list(month, MONTH);
  const days = describeDays(expression, months === '') || anyDay;
  if (years === '' && months !== '') {
    return joinSpaced(/^\d/.test(months) ? `每年 ${months}` : months, days);
  }
  return joinSpaced(years, months, days);
}

function describeDays(expression: CronExpression, everyMonth: boolean): string {
  const { dayOfMonth, dayOfWeek, bothDays } = expression;
  const dates = isUnrestricted(dayOfMonth) ? '' : describeDates(dayOfMonth, everyMonth);
  const weekdays = isUnrestricted(dayOfWeek) ? '' : describeWeekdays(dayOfWeek);
  if (dates === '') return weekdays;
  if (weekdays === '') return dates;
  return bothDays ? `${dates}且为${weekdays.replace(/^每/, '')}` : `${dates}或${weekdays}`;
}

function describeDates(items: readonly CronItem[], everyMonth: boolean): string {
  const texts = items.map((item) => {
    if (item.kind === 'nearest') return `离 ${item.day} 日最近的工作日`;
    if (item.kind === 'last') return lastDay(item.offset, item.workday);
    return member(item, DAY);
  });
  const text = texts.join('、');
  if (!everyMonth) return text;
  return /^\d/.test(text) ? `每月 ${text}` : `每月${text}`;
}

function lastDay(offset: number, workday: boolean): string {
  if (workday && offset === 0) return '最后一个工作日';
  const day = offset === 0 ? '最后一天' : `倒数第 ${offset + 1} 天`;
  return workday ? `离${day}最近的工作日` : day;
}

function describeWeekdays(items: readonly CronItem[]): string {
  const plainFirst = items.toSorted((a, b) => Number(a.kind === 'nth') - Number(b.kind === 'nth'));
  const texts = plainFirst.map((item) => {
    if (item.kind !== 'nth') return member(item, WEEKDAY);
    const nth = item.nth === -1 ? '最后一个' : `第 ${item.nth} 个`;
    return `当月${nth}${weekdayName(item.weekday)}`;
  });
  const text = texts.join('、');
  return text.startsWith('周') ? `每${text}` : text;
}

function describeTimes(plan: TimePlan, expression: CronExpression): string {
  switch (plan.kind) {
    case 'times':
      return plan.times.join('、');
    case 'cadence': {
      const unit = { second: '秒', minute: '分钟', hour: '小时' }[plan.unit];
      const every = plan.step === 1 ? `每${unit}` : `每 ${plan.step} ${unit}`;
      if (plan.within !== null) return `${plan.within.from} 至 ${plan.within.to} ${every}`;
      const offset = plan.unit === 'hour' && plan.minute !== 0;
      return offset ? `${every}的第 ${plan.minute} 分` : every;
    }
    case 'fields':
      return describeFields(expression);
    default:
      return plan satisfies never;
  }
}

function describeFields({ second, minute, hour }: CronExpression): string {
  const parts = [isUnrestricted(hour) ? '每小时' : list(hour, HOUR)];
  parts.push(list(minute, MINUTE));
  const onlyZero = second.length === 1 && second[0]?.kind === 'range' && second[0].to === 0;
  if (!onlyZero) parts.push(list(second, SECOND));
  return parts.join('的 ');
}

function list(items: readonly CronItem[], words: Words): string {
  return items.map((item) => member(item, words)).join('、');
}

function member(item: CronItem, words: Words): string {
  if (item.kind === 'all') return `每${words.counted}`;
  if (item.kind === 'every') return every(item.step, words);
  if (item.kind !== 'range') return '';
  if (item.from === item.to) return words.one(item.from);
  const range = words.range(item.from, item.to);
  return item.step === 1 ? range : `${range}${every(item.step, words)}`;
}

function every(step: number, words: Words): string {
  return step === 1 ? `每${words.counted}` : `每 ${step} ${words.counted}`;
}

function joinSpaced(...texts: readonly string[]): string {
  return texts.filter((text) => text !== '').join(' ');
}

import type { CronExpression, CronFieldRule, CronItem } from './cron-expression.ts';
import { CRON_FIELDS, isUnrestricted } from './cron-expression.ts';

/**
 * The canonical text of an expression, in the standard dialect: numbers for
 * names, seconds only if they are not a lone 0, the year only if it restricts.
 * `parseCron` reads the same expression back.
 */
export function formatCron(expression: CronExpression): string {
  const fields = CRON_FIELDS.map((rule) => formatField(rule, expression));
  const withYear = !isUnrestricted(expression.year);
  const withSecond = withYear || fields[0] !== '0';
  const text = fields.slice(withSecond ? 0 : 1, withYear ? 7 : 6).join(' ');
  return expression.zone === null ? text : `CRON_TZ=${expression.zone} ${text}`;
}

function formatField(rule: CronFieldRule, expression: CronExpression): string {
  const plus = rule.name === 'dayOfWeek' && expression.bothDays ? '+' : '';
  return plus + expression[rule.name].map((item) => formatItem(rule, item)).join(',');
}

function formatItem(rule: CronFieldRule, item: CronItem): string {
  switch (item.kind) {
    case 'all':
      return '*';
    case 'every':
      return `*/${item.step}`;
    case 'range': {
      if (item.from === item.to && item.step === 1) return `${item.from}`;
      const range = `${item.from}-${item.to}`;
      return item.step === 1 ? range : `${range}/${item.step}`;
    }
    case 'hash': {
      const whole = item.from === rule.min && item.to === rule.hashLast;
      const step = item.step === 0 ? '' : `/${item.step}`;
      return whole ? `H${step}` : `H(${item.from}-${item.to})${step}`;
    }
    case 'last':
      return `L${item.offset === 0 ? '' : `-${item.offset}`}${item.workday ? 'W' : ''}`;
    case 'nearest':
      return `${item.day}W`;
    case 'nth':
      return `${item.weekday}#${item.nth === -1 ? 'L' : item.nth}`;
    default:
      return item satisfies never;
  }
}

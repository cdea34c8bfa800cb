import type { Locale } from '../trigger.ts';
import type { CronExpression } from './cron-expression.ts';
import { isUnrestricted } from './cron-expression.ts';

/**
 * What in an expression is likely to mean something else than its author
 * thinks; empty if nothing. One sentence each, for validators and editors.
 */
export function cronWarnings(expression: CronExpression, locale: Locale): readonly string[] {
  const warnings: string[] = [];
  if (hasSteppedDays(expression)) warnings.push(STEPPED_DAYS[locale]);
  return warnings;
}

/**
 * Beside the other day field, `*` with a step is a restriction here and for most
 * readers, so that either field is enough; Vixie's cron wants both to match.
 */
const STEPPED_DAYS: Readonly<Record<Locale, string>> = {
  en:
    'A step in one day field beside the other day field: either match is enough here, ' +
    'while crontab(5) wants both; write + before the day of week for both.',
  'zh-CN':
    '一个日期字段带步长而另一个也有限制：此处满足其一即触发，crontab(5) 则要求同时满足；' +
    '若需同时满足，请在星期前加 +。',
};

function hasSteppedDays({ dayOfMonth, dayOfWeek, bothDays }: CronExpression): boolean {
  if (bothDays || isUnrestricted(dayOfMonth) || isUnrestricted(dayOfWeek)) return false;
  return dayOfMonth[0]?.kind === 'every' || dayOfWeek[0]?.kind === 'every';
}

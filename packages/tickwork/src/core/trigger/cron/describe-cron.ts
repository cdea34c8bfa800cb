import type { Locale } from '../trigger.ts';
import type { CronExpression } from './cron-expression.ts';
import { formatCron } from './format-cron.ts';

export function describeCron(expression: CronExpression, _locale: Locale): string {
  return formatCron(expression);
}

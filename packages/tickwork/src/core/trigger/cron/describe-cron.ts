import type { Locale } from '../trigger.ts';
import type { CronExpression } from './cron-expression.ts';
import { resolveHash } from './cron-hash.ts';
import { describeChinese } from './describe-chinese.ts';
import { describeEnglish } from './describe-english.ts';

/**
 * One sentence for people, without a final stop and without the zone, such as
 * `at 09:00 from Monday to Friday` or `每周一至周五 09:00`. Values left to a hash
 * are those of `seed`.
 */
export function describeCron(expression: CronExpression, locale: Locale, seed = ''): string {
  const resolved = resolveHash(expression, seed);
  switch (locale) {
    case 'en':
      return describeEnglish(resolved);
    case 'zh-CN':
      return describeChinese(resolved);
    default:
      return locale satisfies never;
  }
}

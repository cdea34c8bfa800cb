import { isUnrestricted } from '../trigger/cron/cron-expression.ts';
import { parseCron } from '../trigger/cron/parse-cron.ts';
import { type LintRule, partsOf } from './lint-rule.ts';

export const eitherDay: LintRule = {
  id: 'either-day',
  severity: 'warning',
  summary: 'A cron expression restricts the day of month and the day of week: either is enough.',
  reason:
    'In crontab(5) a day of month and a day of week that are both written mean ' +
    'either, not both: Friday the 13th so written fires on every Friday and on every ' +
    '13th.',
  remedy:
    'Write `+` before the day of week (`0 5 13 * +fri`) if both must match, or `*` in' +
    ' one of the two.',
  example: ['jobs:', '  friday-13:', "    cron: '0 5 13 * fri'", '    task: work'],
  check({ definition }) {
    return partsOf(definition.trigger).flatMap((spec) => {
      if (spec.kind !== 'cron') return [];
      const parsed = parseCron(spec.expression, { dialect: spec.dialect });
      const { dayOfMonth, dayOfWeek, bothDays } = parsed;
      if (bothDays || isUnrestricted(dayOfMonth) || isUnrestricted(dayOfWeek)) return [];
      const message =
        `"${spec.expression}" fires on each of its days of the month and also on each of its ` +
        'days of the week, not only where both meet.';
      const remedy = 'Write + before the day of week if both must match, or * in one of the two.';
      return [{ path: ['trigger'], message, remedy }];
    });
  },
};

import { isUnrestricted } from '../trigger/cron/cron-expression.ts';
import { parseCron } from '../trigger/cron/parse-cron.ts';
import { type LintRule, partsOf } from './lint-rule.ts';

export const eitherDay: LintRule = {
  id: 'either-day',
  severity: 'warning',
  summary: 'A cron expression restricts the day of month and the day of week: either is enough.',
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

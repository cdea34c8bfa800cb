import {
  CRON_FIELDS,
  type CronExpression,
  type CronFieldRule,
} from '../trigger/cron/cron-expression.ts';
import { parseCron } from '../trigger/cron/parse-cron.ts';
import { type LintRule, partsOf } from './lint-rule.ts';

/** Days of the month are left out: their number changes, so that every step has a seam. */
const FIELDS = new Set(['second', 'minute', 'hour', 'month']);

export const unevenStep: LintRule = {
  id: 'uneven-step',
  severity: 'warning',
  summary: 'A step does not divide its field, so that one distance differs from the others.',
  reason:
    'A step begins anew in each hour (day, year): `*/7` fires at minutes 0, 7, … 56 ' +
    'and 0 again, four minutes later.',
  remedy: "Take a divisor of the field's size, or an interval (`every: 7m`), which knows no seam.",
  example: ['jobs:', '  poll:', "    cron: '*/7 * * * *'", '    task: poll', '    retry: 0'],
  check({ definition }) {
    return partsOf(definition.trigger).flatMap((spec) => {
      if (spec.kind !== 'cron') return [];
      const parsed = parseCron(spec.expression, { dialect: spec.dialect });
      return CRON_FIELDS.filter(({ name }) => FIELDS.has(name)).flatMap((field) => {
        const seam = seamOf(parsed, field);
        if (seam === null) return [];
        const { step, last, gap } = seam;
        const message =
          `*/${step} in the ${field.label} of "${spec.expression}" begins again after ${last}: ` +
          `there the distance is ${gap}, not ${step}.`;
        const remedy = `Take a divisor of ${field.last - field.min + 1}, or an interval (every).`;
        return [{ path: ['trigger'], message, remedy }];
      });
    });
  },
};

function seamOf(
  parsed: CronExpression,
  field: CronFieldRule,
): { readonly step: number; readonly last: number; readonly gap: number } | null {
  const [item, second] = parsed[field.name];
  if (item === undefined || second !== undefined) return null;
  if (item.kind !== 'every' && item.kind !== 'range') return null;
  const { step } = item;
  const from = item.kind === 'range' ? item.from : field.min;
  const to = item.kind === 'range' ? item.to : field.last;
  if (step < 2 || from !== field.min || to !== field.last) return null;
  const size = field.last - field.min + 1;
  if (size % step === 0) return null;
  const last = from + Math.floor((to - from) / step) * step;
  return { step, last, gap: size - (last - from) };
}

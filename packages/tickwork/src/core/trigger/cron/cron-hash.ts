import { stableHash } from '../../base/hash.ts';
import type { CronExpression, CronFieldRule, CronItem } from './cron-expression.ts';
import { CRON_FIELDS, usesHash } from './cron-expression.ts';

/** Values from `from` to `to` inclusive, `step` apart. */
export interface Span {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/**
 * What a hash chooses in a field: one value of the range, or with a step a start
 * within the first step. The same seed and field always choose the same, so that
 * a job keeps its times over restarts and on every node.
 */
export function hashSpan(rule: CronFieldRule, item: Span, seed: string): Span {
  const size = item.to - item.from + 1;
  const hash = stableHash(`${seed}\n${rule.name}`);
  if (item.step === 0) {
    const value = item.from + (hash % size);
    return { from: value, to: value, step: 1 };
  }
  const start = item.from + (hash % Math.min(size, item.step));
  return { from: start, to: item.to, step: item.step };
}

/** The expression with every hash replaced by what it chooses for `seed`, the job's name. */
export function resolveHash(expression: CronExpression, seed: string): CronExpression {
  if (!usesHash(expression)) return expression;
  const fields: Record<string, readonly CronItem[]> = {};
  for (const rule of CRON_FIELDS) {
    fields[rule.name] = expression[rule.name].map((item) => {
      return item.kind === 'hash' ? { kind: 'range', ...hashSpan(rule, item, seed) } : item;
    });
  }
  return { ...expression, ...fields };
}

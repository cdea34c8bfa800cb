import type { CronSpec, TriggerSpec } from '../model/trigger-spec.ts';
import { usesHash } from './cron/cron-expression.ts';
import { parseCron } from './cron/parse-cron.ts';

/** Without one of these no cron expression has a hash or a random range. */
const HASH_SIGN = /[h~]/i;

/**
 * True if the name of the job decides on its instants or starts, as hashes of cron, random
 * lengths and jitter do. Jobs of other triggers can share one evaluator.
 */
export function dependsOnName(spec: TriggerSpec): boolean {
  if ((spec.jitterMs ?? 0) > 0) return true;
  if (spec.kind === 'any') return spec.of.some(dependsOnName);
  if (spec.kind === 'cron') return hasHash(spec);
  return spec.kind === 'random';
}

function hasHash({ expression, dialect }: CronSpec): boolean {
  if (!HASH_SIGN.test(expression)) return false;
  return usesHash(parseCron(expression, { dialect, field: 'cron' }));
}

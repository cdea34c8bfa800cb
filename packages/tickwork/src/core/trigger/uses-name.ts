import { usesHash } from './cron/cron-expression.ts';
import { parseCron } from './cron/parse-cron.ts';
import type { TriggerSpec } from './spec.ts';

type PlainKind = Exclude<TriggerSpec['kind'], 'any' | 'cron'>;

/** Each kind is listed, so that a new one is not forgotten. */
const byKind: Readonly<Record<PlainKind, boolean>> = {
  interval: false,
  'fixed-delay': false,
  daily: false,
  weekly: false,
  monthly: false,
  once: false,
  random: true,
  startup: false,
  after: false,
  manual: false,
};

/** True if the instants (not the starts, which jitter moves) depend on the name of the job. */
export function usesName(spec: TriggerSpec): boolean {
  if (spec.kind === 'any') return spec.of.some(usesName);
  if (spec.kind !== 'cron') return byKind[spec.kind];
  return usesHash(parseCron(spec.expression, { dialect: spec.dialect }));
}

import type { Json } from '../base/json.ts';
import type { RateLimit, SlotLimit } from '../model/limit.ts';
import type { Policies } from '../model/policy.ts';
import type { Run, RunDefinition } from '../model/run.ts';

/** `{input.tenant}` or `${input.tenant.id}`: a part of the run's input. */
const PLACE = /\$?\{input((?:\.[A-Za-z0-9_-]+)*)\}/g;
const KEY_CHARACTERS_MAX = 200;

export interface Limits {
  readonly slots?: readonly SlotLimit[];
  readonly rate?: RateLimit;
}

/** What a start must find room in: the run's key, its pool, and its rate. Pure. */
export function limitsOf(
  run: Pick<Run, 'jobName' | 'handler'>,
  { input, policies }: Pick<RunDefinition, 'input' | 'policies'>,
): Limits {
  const { concurrency, pool, rate } = policies;
  const owner = run.jobName ?? run.handler;
  const slots: SlotLimit[] = [];
  if (concurrency !== undefined) {
    const key = concurrency.key === null ? `job:${owner}` : `key:${filled(concurrency.key, input)}`;
    slots.push({ key, weight: 1, max: concurrency.max });
  }
  if (pool !== undefined) {
    slots.push({ key: `pool:${pool.name}`, weight: pool.weight, max: pool.size });
  }
  return {
    ...(slots.length === 0 ? {} : { slots }),
    ...(rate === undefined ? {} : { rate: rateOf(rate, owner, input) }),
  };
}

function rateOf(
  rate: { readonly max: number; readonly perMs: number; readonly key: string | null },
  owner: string,
  input: Json,
): RateLimit {
  const key = rate.key === null ? `job:${owner}` : `key:${filled(rate.key, input)}`;
  return { key, max: rate.max, perMs: rate.perMs };
}

/** A key with the parts of the input in their places; what is not there is `-`. */
function filled(template: string, input: Json): string {
  const text = template.replace(PLACE, (_, path: string) => {
    const value = path
      .split('.')
      .slice(1)
      .reduce(memberOf, input as Json | undefined);
    if (value === undefined || value === null) return '-';
    return typeof value === 'object' ? JSON.stringify(value) : String(value);
  });
  return text.slice(0, KEY_CHARACTERS_MAX);
}

function memberOf(value: Json | undefined, name: string): Json | undefined {
  if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
  return (value as Readonly<Record<string, Json>>)[name];
}

/**
 * True if others may have waited for the end of this run, as far as its own revision tells:
 * those of another revision may wait although this one asked for no queue.
 */
export function letsOthersIn(run: Pick<Run, 'jobId'>, policies: Policies): boolean {
  const { overlap, concurrency, pool } = policies;
  const queues = overlap.mode !== 'allow' && overlap.mode !== 'skip';
  return (run.jobId !== null && queues) || concurrency !== undefined || pool !== undefined;
}

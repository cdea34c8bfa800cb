import { nameProblem } from '../base/check-name.ts';
import type { ConcurrencyPolicy, Policies, PoolPolicy, RatePolicy } from '../model/policy.ts';
import {
  type Fields,
  pathOf,
  readDuration,
  readFields,
  readNumber,
  refuse,
} from './read-fields.ts';

/** The sizes of the pools of the configuration, by name. */
export type Pools = Readonly<Record<string, number>>;

const RUNS_MAX = 1_000_000;
const SIZE_MAX = 10_000;
const KEY = /^\S(?:.{0,198}\S)?$/;

/** Limits of the policies; what is absent has no such limit. Throws INVALID_JOB. */
export function parseLimits(
  fields: Fields,
  defaults: Policies,
  pools: Pools,
): Pick<Policies, 'concurrency' | 'pool' | 'rate'> {
  const concurrency = parseConcurrency(fields, defaults.concurrency);
  const pool = parsePool(fields, defaults.pool, pools);
  const rate = parseRate(fields, defaults.rate);
  return {
    ...(concurrency === undefined ? {} : { concurrency }),
    ...(pool === undefined ? {} : { pool }),
    ...(rate === undefined ? {} : { rate }),
  };
}

/** Sizes by name, as users write them. */
export function parsePools(value: unknown, path: string): Pools {
  if (value === undefined) return {};
  const names = typeof value === 'object' && value !== null ? Object.keys(value) : [];
  const fields = readFields(value, path, names);
  for (const name of names) {
    const problem = nameProblem(name);
    if (problem !== null) refuse(path, name, problem.reason, problem.remedy);
  }
  return Object.fromEntries(
    names.map((name) => [name, readNumber(fields, name, { min: 1, max: SIZE_MAX }, 1)]),
  );
}

function parseConcurrency(
  fields: Fields,
  fallback: ConcurrencyPolicy | undefined,
): ConcurrencyPolicy | undefined {
  const value = fields.values.concurrency;
  if (value === undefined) return fallback;
  if (value === false) return undefined;
  const bounds = { min: 1, max: SIZE_MAX };
  if (typeof value === 'number') {
    return { key: null, max: readNumber(fields, 'concurrency', bounds, 1) };
  }
  const path = pathOf(fields, 'concurrency');
  const inner = readFields(value, path, ['key', 'max']);
  if (inner.values.max === undefined) refuse(path, value, 'lacks max.', 'Write max: 2.');
  return { key: readKey(inner), max: readNumber(inner, 'max', bounds, 1) };
}

function parsePool(
  fields: Fields,
  fallback: PoolPolicy | undefined,
  pools: Pools,
): PoolPolicy | undefined {
  const { pool: name = fallback?.name, weight } = fields.values;
  const path = pathOf(fields, 'pool');
  if (name === undefined || name === false) {
    if (weight === undefined) return undefined;
    return refuse(pathOf(fields, 'weight'), weight, 'stands without a pool.', 'Name a pool.');
  }
  const known = typeof name === 'string' && Object.hasOwn(pools, name);
  const size = known ? pools[name] : fields.values.pool === undefined ? fallback?.size : undefined;
  if (typeof name !== 'string' || size === undefined) {
    const names = Object.keys(pools).join(', ') || 'none';
    return refuse(path, name, `is no pool; known are: ${names}.`, 'Give it a size in pools.');
  }
  const weights = { min: 1, max: size };
  return { name, weight: readNumber(fields, 'weight', weights, fallback?.weight ?? 1), size };
}

function parseRate(fields: Fields, fallback: RatePolicy | undefined): RatePolicy | undefined {
  const value = fields.values.rate;
  if (value === undefined) return fallback;
  if (value === false) return undefined;
  const path = pathOf(fields, 'rate');
  const inner = readFields(value, path, ['max', 'per', 'key']);
  for (const key of ['max', 'per']) {
    if (inner.values[key] === undefined) {
      refuse(path, value, `lacks ${key}.`, 'Write max: 10 and per: 1m.');
    }
  }
  return {
    max: readNumber(inner, 'max', { min: 1, max: RUNS_MAX }, 1),
    perMs: readDuration(inner, 'per', 0, 1),
    key: readKey(inner),
  };
}

function readKey(fields: Fields): string | null {
  const { key } = fields.values;
  if (key === undefined) return null;
  if (typeof key === 'string' && KEY.test(key)) return key;
  return refuse(pathOf(fields, 'key'), key, 'must be text of 1 to 200 characters.');
}

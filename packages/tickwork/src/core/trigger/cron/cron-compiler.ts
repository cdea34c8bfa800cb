import type { CronSpec } from '../../model/trigger-spec.ts';
import type { DstRule } from '../../time/dst-rule.ts';
import type { Zone } from '../../time/zone.ts';
import type { ZoneTable } from '../../time/zone-table.ts';
import { CronEvaluator } from './cron-evaluator.ts';
import type { CronExpression } from './cron-expression.ts';
import { usesHash } from './cron-expression.ts';
import { resolveHash } from './cron-hash.ts';
import { compileMasks } from './cron-masks.ts';
import { parseCron } from './parse-cron.ts';

export interface CronCompilerOptions {
  /** How many evaluators are kept. Default 4,096. */
  readonly cacheMax?: number;
}

export interface CronSeed {
  /** The job's name: decides `H` and `a~b`. */
  readonly seed: string;
  /** The option the expression comes from, for messages. Default `cron`. */
  readonly field?: string;
}

const CACHE_MAX = 4096;

interface Parsed {
  readonly expression: CronExpression;
  readonly hash: boolean;
}

/**
 * Makes evaluators and shares them: equal expression, zone, dialect and rule
 * for clock changes (and seed, where a hash is used) give the same evaluator,
 * as a million jobs use few different schedules. What was not asked for longest
 * is dropped when the cache is full.
 */
export class CronCompiler {
  readonly #zones: ZoneTable;
  readonly #cacheMax: number;
  readonly #parsed = new Map<string, Parsed>();
  readonly #evaluators = new Map<string, CronEvaluator>();

  constructor(zones: ZoneTable, options: CronCompilerOptions = {}) {
    this.#zones = zones;
    this.#cacheMax = options.cacheMax ?? CACHE_MAX;
  }

  /**
   * The evaluator of a stored trigger. A zone prefix in the expression goes
   * before the zone of the trigger. Throws `INVALID_CRON` and `INVALID_ZONE`.
   */
  compile(spec: Omit<CronSpec, 'kind'>, { seed, field = 'cron' }: CronSeed): CronEvaluator {
    const { expression, hash } = this.#parse(spec, field);
    const zone = this.#zones.get(expression.zone ?? spec.zone, `${field} zone`);
    const dst = spec.dst ?? null;
    const rule = dst === null ? '' : `${dst.gap},${dst.overlap}`;
    // No expression that can be read holds the separator.
    const key = [zone.name, spec.dialect, rule, spec.expression, hash ? seed : ''].join('\0');
    const known = this.#evaluators.get(key);
    const evaluator = known ?? evaluatorOf(resolveHash(expression, seed), { zone, dst });
    keep(this.#evaluators, key, evaluator, this.#cacheMax);
    return evaluator;
  }

  #parse(spec: Omit<CronSpec, 'kind'>, field: string): Parsed {
    const key = `${spec.dialect}\n${spec.expression}`;
    let parsed = this.#parsed.get(key);
    if (parsed === undefined) {
      const expression = parseCron(spec.expression, { dialect: spec.dialect, field });
      parsed = { expression, hash: usesHash(expression) };
    }
    keep(this.#parsed, key, parsed, this.#cacheMax);
    return parsed;
  }
}

const compilers = new WeakMap<ZoneTable, CronCompiler>();

/** The compiler of all jobs that use the same zones. */
export function cronCompilerOf(zones: ZoneTable): CronCompiler {
  let compiler = compilers.get(zones);
  if (compiler === undefined) {
    compiler = new CronCompiler(zones);
    compilers.set(zones, compiler);
  }
  return compiler;
}

function evaluatorOf(
  expression: CronExpression,
  place: { readonly zone: Zone; readonly dst: DstRule | null },
): CronEvaluator {
  return new CronEvaluator(expression, compileMasks(expression, ''), place);
}

/** Puts an entry last and drops the first ones above the limit. */
function keep<V>(map: Map<string, V>, key: string, value: V, max: number): void {
  map.delete(key);
  map.set(key, value);
  for (const oldest of map.keys()) {
    if (map.size <= max) return;
    map.delete(oldest);
  }
}

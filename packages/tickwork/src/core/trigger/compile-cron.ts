import type { ZoneTable } from '../time/zone-table.ts';
import { CronCompiler } from './cron/cron-compiler.ts';
import type { CompileKind } from './kind.ts';

/** Evaluators are shared by all jobs that use the same zones; see `CronCompiler`. */
const compilers = new WeakMap<ZoneTable, CronCompiler>();

export const compileCron: CompileKind<'cron'> = (spec, env) => {
  let compiler = compilers.get(env.zones);
  if (compiler === undefined) {
    compiler = new CronCompiler(env.zones);
    compilers.set(env.zones, compiler);
  }
  const evaluator = compiler.compile(spec, { seed: env.jobName });
  return {
    kind: 'cron',
    next: (after) => evaluator.next(after),
    describe(locale) {
      const text = evaluator.describe(locale);
      const zone = evaluator.zone.name;
      return locale === 'en' ? `${text} (${zone})` : `${text}(${zone})`;
    },
  };
};

import type { CompileKind } from '../kind.ts';
import { cronCompilerOf } from './cron-compiler.ts';

export const compileCron: CompileKind<'cron'> = (spec, env) => {
  const compiler = cronCompilerOf(env.zones);
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

import type { CompileKind } from '../kind.ts';
import type { Locale } from '../trigger.ts';
import { WallClockTrigger } from '../wall-clock/wall-clock-trigger.ts';
import { cronCompilerOf } from './cron-compiler.ts';

export const compileCron: CompileKind<'cron'> = (spec, env) => {
  const compiler = cronCompilerOf(env.zones);
  const evaluator = compiler.compile(spec, { seed: env.jobName });
  const { zone, dst, readings } = evaluator;
  const describe = (locale: Locale): string => {
    const text = evaluator.describe(locale);
    return locale === 'en' ? `${text} (${zone.name})` : `${text}(${zone.name})`;
  };
  if (env.rules.length > 0) {
    return new WallClockTrigger({ kind: 'cron', readings, zone, dst, describe }, env.rules);
  }
  // Without a calendar the evaluator, which jobs of equal schedules share, answers by itself.
  return { kind: 'cron', next: (after) => evaluator.next(after), describe };
};

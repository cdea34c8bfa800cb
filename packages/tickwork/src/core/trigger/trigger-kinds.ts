import { compileAfter } from './after/after.ts';
import { compileCron } from './compile-cron.ts';
import { compileDaily } from './daily/daily.ts';
import { compileFixedDelay } from './fixed-delay/fixed-delay.ts';
import { compileInterval } from './interval/interval.ts';
import type { CompileKind } from './kind.ts';
import { compileManual } from './manual/manual.ts';
import { compileMonthly } from './monthly/monthly.ts';
import { compileOnce } from './once/once.ts';
import { compileRandom } from './random/random.ts';
import type { TriggerSpec } from './spec.ts';
import { compileStartup } from './startup/startup.ts';
import { compileUnion } from './union/union.ts';
import { compileWeekly } from './weekly/weekly.ts';

/** All kinds of triggers. A new one is a folder and one line here. */
export const triggerKinds: { readonly [Kind in TriggerSpec['kind']]: CompileKind<Kind> } = {
  cron: compileCron,
  interval: compileInterval,
  'fixed-delay': compileFixedDelay,
  daily: compileDaily,
  weekly: compileWeekly,
  monthly: compileMonthly,
  once: compileOnce,
  random: compileRandom,
  startup: compileStartup,
  after: compileAfter,
  manual: compileManual,
  any: compileUnion,
};

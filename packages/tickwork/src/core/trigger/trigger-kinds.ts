import type { TriggerSpec } from '../model/trigger-spec.ts';
import { compileAfter } from './after/after.ts';
import { afterForm } from './after/after-form.ts';
import { compileCron } from './cron/compile-cron.ts';
import { cronForm } from './cron/cron-form.ts';
import { compileDaily } from './daily/daily.ts';
import { dailyForm } from './daily/daily-form.ts';
import { compileFixedDelay } from './fixed-delay/fixed-delay.ts';
import { everyDaysForm, everyMonthsForm, everyWeeksForm } from './form/every-period.ts';
import type { TriggerForm } from './form/form.ts';
import { everyForm } from './interval/every-form.ts';
import { compileInterval } from './interval/interval.ts';
import type { CompileKind } from './kind.ts';
import { compileManual } from './manual/manual.ts';
import { manualForm } from './manual/manual-form.ts';
import { compileMonthly } from './monthly/monthly.ts';
import { monthlyForm } from './monthly/monthly-form.ts';
import { compileOnce } from './once/once.ts';
import { onceForm } from './once/once-form.ts';
import { compileRandom } from './random/random.ts';
import { randomForm } from './random/random-form.ts';
import { compileStartup } from './startup/startup.ts';
import { startupForm } from './startup/startup-form.ts';
import { compileUnion } from './union/union.ts';
import { compileWeekly } from './weekly/weekly.ts';
import { weeklyForm } from './weekly/weekly-form.ts';

interface TriggerKind<Kind extends TriggerSpec['kind']> {
  readonly compile: CompileKind<Kind>;
  /** The ways to write it. `every` gives an interval or a fixed delay; a list gives a union. */
  readonly forms: readonly TriggerForm[];
}

/** All kinds of triggers. A new one is a folder and one line here. */
export const triggerKinds: { readonly [Kind in TriggerSpec['kind']]: TriggerKind<Kind> } = {
  interval: { compile: compileInterval, forms: [everyForm] },
  'fixed-delay': { compile: compileFixedDelay, forms: [] },
  cron: { compile: compileCron, forms: [cronForm] },
  daily: { compile: compileDaily, forms: [dailyForm, everyDaysForm] },
  weekly: { compile: compileWeekly, forms: [weeklyForm, everyWeeksForm] },
  monthly: { compile: compileMonthly, forms: [monthlyForm, everyMonthsForm] },
  once: { compile: compileOnce, forms: [onceForm] },
  random: { compile: compileRandom, forms: [randomForm] },
  startup: { compile: compileStartup, forms: [startupForm] },
  after: { compile: compileAfter, forms: [afterForm] },
  manual: { compile: compileManual, forms: [manualForm] },
  any: { compile: compileUnion, forms: [] },
};

export const triggerForms: readonly TriggerForm[] = Object.values(triggerKinds).flatMap(
  ({ forms }) => forms,
);

import { cronForm } from './cron.ts';
import { dailyForm } from './daily.ts';
import { afterForm, manualForm, startupForm } from './events.ts';
import { everyForm } from './every.ts';
import { everyDaysForm, everyMonthsForm, everyWeeksForm } from './every-period.ts';
import type { TriggerForm } from './form.ts';
import { monthlyForm } from './monthly.ts';
import { onceForm } from './once.ts';
import { randomForm } from './random.ts';
import { weeklyForm } from './weekly.ts';

/** All ways to write a trigger but the union. A new one is one line here. */
export const triggerForms: readonly TriggerForm[] = [
  everyForm,
  cronForm,
  dailyForm,
  weeklyForm,
  monthlyForm,
  everyDaysForm,
  everyWeeksForm,
  everyMonthsForm,
  onceForm,
  randomForm,
  startupForm,
  afterForm,
  manualForm,
];

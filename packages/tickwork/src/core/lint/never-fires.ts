import { triggerNeeds } from '../trigger/trigger-needs.ts';
import type { LintRule } from './lint-rule.ts';

export const neverFires: LintRule = {
  id: 'never-fires',
  severity: 'error',
  summary: 'The trigger has no further instant.',
  check({ definition, trigger, memory }, { now }) {
    const spec = definition.trigger;
    const needs = triggerNeeds(spec);
    const isDriven = needs.afterJobs.length > 0 || needs.startup !== null || needs.countsFromEnd;
    if (isDriven || spec.kind === 'manual' || trigger.next(now, memory) !== null) return [];
    const { calendar } = spec;
    const bounded = spec.endAt !== undefined || spec.runsMax !== undefined || spec.kind === 'once';
    const remedy =
      calendar !== undefined
        ? `See whether the calendar ${calendar} excludes every instant.`
        : bounded
          ? 'Remove the job, or lift the bound of its trigger.'
          : 'Mend the date, such as a 30 February.';
    return [{ path: ['trigger'], message: 'It never fires again.', remedy }];
  },
};

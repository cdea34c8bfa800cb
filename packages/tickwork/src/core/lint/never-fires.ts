import { triggerNeeds } from '../trigger/trigger-needs.ts';
import type { LintRule } from './lint-rule.ts';

export const neverFires: LintRule = {
  id: 'never-fires',
  severity: 'error',
  summary: 'The trigger has no further instant.',
  reason:
    'A job that never runs looks healthy: nothing fails, nothing is late. Dates that ' +
    'no year has are refused when a job is declared; a calendar, an end or a number ' +
    'of runs can still leave nothing.',
  remedy: 'Mend the date, the calendar or the bound; or remove the job.',
  example: [
    'jobs:',
    '  report:',
    "    daily: '04:00'",
    "    endAt: '2020-01-01'",
    '    task: report',
  ],
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

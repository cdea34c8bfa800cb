import { formatDuration } from '../time/duration.ts';
import { type LintRule, shortestSpacing } from './lint-rule.ts';

export const slowRun: LintRule = {
  id: 'slow-run',
  severity: 'warning',
  summary: 'Runs take longer than the time between two instants.',
  check(job, facts) {
    const { durationMsP95, definition } = job;
    const { mode } = definition.policies.overlap;
    if (durationMsP95 === null || mode === 'allow') return [];
    const spacing = shortestSpacing(job, facts);
    if (spacing === null || durationMsP95 <= spacing) return [];
    const takes = formatDuration(Math.round(durationMsP95));
    const what = { skip: 'instants are skipped', 'cancel-previous': 'runs are cancelled' }[
      mode as string
    ];
    const message =
      `Of 100 runs 5 take longer than ${takes}, but the next instant comes after ` +
      `${formatDuration(spacing)}: ${what ?? 'runs pile up'} (overlap ${mode}).`;
    return [{ path: ['trigger'], message, remedy: 'Run it less often, or make it faster.' }];
  },
};

import { formatDuration } from '../time/duration.ts';
import { type LintRule, shortestSpacing } from './lint-rule.ts';

export const slowRun: LintRule = {
  id: 'slow-run',
  severity: 'warning',
  summary: 'Runs take longer than the time between two instants.',
  reason:
    'Runs that outlast the interval meet themselves: by the overlap policy instants ' +
    'are skipped, wait in a queue that grows, or cancel what runs. It is judged by ' +
    'the kept runs of the store: 95 of 100 take at most that long.',
  remedy: 'Run it less often, make it faster, or let runs go side by side (`overlap: allow`).',
  example: [
    '# Its kept runs take five minutes.',
    'jobs:',
    '  sync:',
    '    every: 1m',
    '    task: sync',
    '    retry: 0',
  ],
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

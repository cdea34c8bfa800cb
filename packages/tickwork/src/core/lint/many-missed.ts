import { formatDuration } from '../time/duration.ts';
import { coming, type LintRule } from './lint-rule.ts';

const HARMLESS = 10;

export const manyMissed: LintRule = {
  id: 'many-missed',
  severity: 'warning',
  summary: 'After a downtime every missed instant is run, and there can be many.',
  reason:
    'With `misfire: fire-all` every instant missed in a downtime is run when the ' +
    'process is back, one after another.',
  remedy: 'Take `fire-once`, or bound it with `misfire.maxRuns` or `misfire.maxAge`.',
  example: ['jobs:', '  totals:', '    every: 10m', '    task: totals', '    misfire: fire-all'],
  check(job, facts) {
    const { misfire } = job.definition.policies;
    if (misfire.mode !== 'fire-all') return [];
    const untilAt = facts.now + misfire.ageMsMax;
    const count = coming(job, facts, { limit: misfire.runsMax, untilAt }).length;
    if (count <= HARMLESS) return [];
    const message =
      `After a downtime of ${formatDuration(misfire.ageMsMax)} it runs ${count} times in a row ` +
      '(misfire fire-all).';
    const remedy = 'Take fire-once, or bound it with misfire.maxRuns or misfire.maxAge.';
    return [{ path: ['misfire'], message, remedy }];
  },
};

import { backoffMs } from '../completion/backoff.ts';
import { formatDuration } from '../time/duration.ts';
import { type LintRule, shortestSpacing } from './lint-rule.ts';

/** Attempts that are summed at most; more delays would change no finding. */
const ATTEMPTS_MAX = 1000;

export const longRetries: LintRule = {
  id: 'long-retries',
  severity: 'warning',
  summary: 'The retries of a failing run reach beyond the next instant.',
  reason:
    'While a failed run is retried its job is busy: the next instants are skipped or ' +
    'queued by the overlap policy, for a retry that they would have been themselves.',
  remedy: 'Retry fewer times or sooner; for frequent jobs `retry: 0` is often right.',
  example: [
    'jobs:',
    '  poll:',
    '    every: 10s',
    '    task: poll',
    '    retry: { attempts: 5, delay: 30s }',
  ],
  check(job, facts) {
    const { retry, overlap } = job.definition.policies;
    if (retry.attemptsMax === 0 || overlap.mode === 'allow') return [];
    let totalMs = (job.durationMsP95 ?? 0) * (retry.attemptsMax + 1);
    for (let failed = 1; failed <= Math.min(retry.attemptsMax, ATTEMPTS_MAX); failed++) {
      totalMs += backoffMs(retry, failed, 1);
    }
    const spacing = shortestSpacing(job, facts);
    if (spacing === null || totalMs <= spacing) return [];
    const blocked = Math.floor(totalMs / spacing);
    const length = formatDuration(Math.ceil(totalMs / 1000) * 1000);
    const message =
      `A run that keeps failing is repeated for ${length}, but the ` +
      `next instant comes after ${formatDuration(spacing)}: up to ${blocked} ` +
      `${blocked === 1 ? 'instant finds' : 'instants find'} it still going ` +
      `(overlap ${overlap.mode}).`;
    const remedy = 'Retry less or sooner: the next instant is a retry too.';
    return [{ path: ['retry'], message, remedy }];
  },
};

import type { LintSetRule } from './lint-rule.ts';
import { coming } from './lint-rule.ts';

const HOUR_MS = 3_600_000;
const JOBS_MIN = 10;
const SHARE_MIN = 0.5;
const SAMPLES = 5;

export const sameMinute: LintSetRule = {
  id: 'same-minute',
  severity: 'warning',
  summary: 'Most jobs fire at minute 0.',
  reason:
    'Runs that start together wait for slots and load databases and services, ' +
    'while the other 59 minutes are idle. It is told from ten jobs on, if they are at' +
    ' least half of all.',
  remedy: 'Write `H` for the minute (`H 2 * * *`), which spreads jobs by their names, or `jitter`.',
  example: [
    'jobs:',
    "  job-0: { cron: '0 * * * *', task: work }",
    "  job-1: { cron: '0 * * * *', task: work }",
    "  job-2: { cron: '0 * * * *', task: work }",
    "  job-3: { cron: '0 * * * *', task: work }",
    "  job-4: { cron: '0 * * * *', task: work }",
    "  job-5: { cron: '0 * * * *', task: work }",
    "  job-6: { cron: '0 * * * *', task: work }",
    "  job-7: { cron: '0 * * * *', task: work }",
    "  job-8: { cron: '0 * * * *', task: work }",
    "  job-9: { cron: '0 * * * *', task: work }",
  ],
  checkAll(jobs, facts) {
    const bounds = { limit: SAMPLES, untilAt: Number.MAX_SAFE_INTEGER };
    const timed = jobs.map((job) => coming(job, facts, bounds)).filter((list) => list.length > 0);
    const onTheHour = timed.filter((list) => list.every((at) => at % HOUR_MS === 0)).length;
    if (onTheHour < JOBS_MIN || onTheHour < timed.length * SHARE_MIN) return [];
    const message = `${onTheHour} of ${timed.length} jobs fire at minute 0, all at once.`;
    const remedy =
      'Write H for the minute (H 2 * * *), which spreads them by their names, or jitter.';
    return [{ path: [], message, remedy }];
  },
};

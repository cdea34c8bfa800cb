import { unknownUpstreams, unknownUpstreamText } from '../declaration/unknown-upstream.ts';
import type { LintRule } from './lint-rule.ts';

export const unknownJob: LintRule = {
  id: 'unknown-job',
  severity: 'error',
  summary: 'A job runs after a name that no job has.',
  reason:
    'Such a job waits for ever and looks healthy: nothing fails, nothing is late. The name' +
    ' is misspelt, or the other job was renamed or removed.',
  remedy: 'Mend the name. Jobs of other files and of code count only when a store is linted.',
  example: [
    'jobs:',
    "  import: { daily: '02:00', task: work }",
    '  report: { after: improt, task: work }',
  ],
  check(job, { jobNames }) {
    return unknownUpstreams([job], jobNames).map((each) => ({
      path: ['trigger'],
      ...unknownUpstreamText(each),
    }));
  },
};

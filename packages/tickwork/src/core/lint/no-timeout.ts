import type { LintRule } from './lint-rule.ts';

export const noTimeout: LintRule = {
  id: 'no-timeout',
  severity: 'warning',
  summary: 'A run may go on for ever.',
  reason: 'A run that hangs keeps its place and its job busy until somebody notices.',
  remedy: 'Set a timeout that is longer than any good run.',
  example: [
    'jobs:',
    '  import:',
    "    daily: '04:00'",
    '    zone: UTC',
    '    task: import',
    '    timeout: false',
  ],
  check({ definition }) {
    if (definition.policies.timeoutMs !== null) return [];
    const message = 'It has no timeout: a run that hangs blocks its job for ever.';
    return [{ path: ['timeout'], message, remedy: 'Set a timeout longer than any good run.' }];
  },
};

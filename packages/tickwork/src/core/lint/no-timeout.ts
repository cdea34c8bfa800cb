import type { LintRule } from './lint-rule.ts';

export const noTimeout: LintRule = {
  id: 'no-timeout',
  severity: 'warning',
  summary: 'A run may go on for ever.',
  check({ definition }) {
    if (definition.policies.timeoutMs !== null) return [];
    const message = 'It has no timeout: a run that hangs blocks its job for ever.';
    return [{ path: ['timeout'], message, remedy: 'Set a timeout longer than any good run.' }];
  },
};

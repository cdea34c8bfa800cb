import type { KeptRuns, RetentionPolicy } from '../model/policy.ts';
import type { RunState } from '../model/run-state.ts';

/** Finished runs of a job that are counted together: all, or the FAILED ones and the others. */
export type RetainedWhich = 'all' | 'failed' | 'others';

export interface RetainedGroup extends KeptRuns {
  readonly which: RetainedWhich;
}

/** What a policy keeps: one group, or two if failed runs are counted apart. Pure. */
export function retainedGroups({ ageMs, runsMax, failed }: RetentionPolicy): RetainedGroup[] {
  if (failed === undefined) return [{ which: 'all', ageMs, runsMax }];
  return [
    { which: 'failed', ...failed },
    { which: 'others', ageMs, runsMax },
  ];
}

/** True if a finished run of this state counts in the group. */
export function isInGroup(state: RunState, which: RetainedWhich): boolean {
  return which === 'all' || (state === 'FAILED') === (which === 'failed');
}

/** The shortest that a policy keeps a finished run, by age and by number. */
export function leastKept(policy: RetentionPolicy): KeptRuns {
  const groups = retainedGroups(policy);
  return {
    ageMs: Math.min(...groups.map((group) => group.ageMs)),
    runsMax: Math.min(...groups.map((group) => group.runsMax)),
  };
}

import { assert } from '../../core/base/errors.ts';
import type { Run } from '../../core/model/run.ts';
import { canBecome, type RunState } from '../../core/model/run-state.ts';

/** A store that broke the table of transitions would break promises: it stops instead. */
export function checkTransition(run: Pick<Run, 'id' | 'state'>, to: RunState): void {
  const legal = run.state === to || canBecome(run.state, to);
  assert(legal, `run ${run.id} cannot go from ${run.state} to ${to}`);
}

import { assert } from '../base/errors.ts';
import type { Expected, PlanWrite } from '../ports/job-store.ts';
import type { Instant } from '../time/instant.ts';

/** Throws BROKEN_INVARIANT if a position would set a job back. */
export function checkCursor(expected: Expected, cursorAt: Instant): void {
  assert(cursorAt >= expected.cursorAt, 'A cursor must never go back.');
}

/** Throws BROKEN_INVARIANT if a planning step breaks a rule that `planDue` states. */
export function checkPlan(write: PlanWrite): void {
  const { expected, position } = write;
  checkCursor(expected, position.cursorAt);
  for (const run of write.runs) {
    assert(run.dedupeKey === null, 'A planned run must not carry a dedupe key.');
    if (run.origin !== 'schedule') continue;
    const inside = run.fireAt > expected.cursorAt && run.fireAt <= position.cursorAt;
    assert(inside, 'A scheduled run must lie between the old and the new cursor.');
  }
  let after = expected.cursorAt;
  for (const skip of write.skips) {
    assert(
      skip.fromAt > after && skip.fromAt <= skip.toAt && skip.toAt <= position.cursorAt,
      'Skip ranges must ascend between the old and the new cursor.',
    );
    after = skip.toAt;
  }
}

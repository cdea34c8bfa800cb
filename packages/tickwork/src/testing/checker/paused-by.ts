import type { JobDefinition } from '../../core/model/job.ts';
import type { JobRecord } from './ledger.ts';

/**
 * True if clients asked for each of the instants to be passed over before `untilT`, and
 * nobody took it back more than `slack` before. A call that was tried more than once may have
 * passed over more than its answer says.
 */
export function isRested(
  record: JobRecord,
  instants: readonly number[],
  { untilT, slack }: { readonly untilT: number; readonly slack: number },
): boolean {
  const asked = record.operations.filter((each, i) => {
    if (each.f !== 'skip' || each.outcome === 'fail' || each.invokeAt > untilT) return false;
    const back = record.operations
      .slice(i + 1)
      .find((next) => next.f === 'resume' && next.outcome === 'ok');
    return back === undefined || untilT - slack <= back.okAt + slack;
  });
  return instants.every((at) =>
    asked.some(({ rest, unsure }) => {
      return unsure || rest === null || (at >= rest.fromAt && at <= rest.toAt);
    }),
  );
}

/** True if so many runs had failed in a row by `at` that the job paused itself. */
export function pausedItself(
  record: JobRecord,
  definitions: readonly JobDefinition[],
  at: number,
): boolean {
  const limits = definitions
    .map((each) => each.policies.onFailure?.pauseAfter ?? null)
    .filter((each) => each !== null);
  if (limits.length === 0) return false;
  const least = Math.min(...limits);
  const ended = record.rows
    .filter((row) => row.endedAt !== null && row.endedAt <= at && !byHand(row.origin))
    .sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
  let inRow = 0;
  for (const { state } of ended) {
    if (state === 'SUCCESS') inRow = 0;
    if (state === 'FAILED') inRow += 1;
    if (inRow >= least) return true;
  }
  return false;
}

function byHand(origin: string): boolean {
  return origin === 'manual' || origin === 'backfill';
}

import type { JobDefinition } from '../../../tickwork/src/core/model/job.ts';
import type { JobRecord } from './ledger.ts';

/** `how` of a `resume` that lifts what `skip` has set, too. */
export const LIFTS_SKIPS = 'skips';

/** An instant that was passed over, and the true time by which that was decided. */
export interface PassedOver {
  readonly at: number;
  readonly decidedT: number;
}

/**
 * True if clients asked for each of the instants to be passed over, and nobody had taken it
 * back, give or take `slackMs`. A call that was tried more than once may have passed over
 * more than its answer says.
 */
export function isRested(
  record: JobRecord,
  instants: readonly PassedOver[],
  slackMs: number,
): boolean {
  const asked = record.operations.flatMap((each, i) => {
    if (each.f !== 'skip' || each.outcome === 'fail') return [];
    const back = record.operations
      .slice(i + 1)
      .find((next) => next.f === 'resume' && next.how === LIFTS_SKIPS && next.outcome === 'ok');
    return [{ ...each, backT: back?.okAt ?? Number.POSITIVE_INFINITY }];
  });
  return instants.every(({ at, decidedT }) =>
    asked.some(({ rest, unsure, invokeAt, backT }) => {
      if (invokeAt > decidedT + slackMs || backT < decidedT - slackMs) return false;
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

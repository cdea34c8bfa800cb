import {
  isOffByDeclaration,
  type StandingPause,
  standingPause,
} from '../declaration/standing-pause.ts';
import type { Job } from '../model/job.ts';
import type { Store } from '../ports/store.ts';
import type { Instant } from '../time/instant.ts';

/**
 * Reads which pauses still bind jobs that their declaration switched off, see `standingPause`.
 * Only such jobs cost a call of the store, one each. The result answers for the jobs given.
 */
export async function standingPauses(
  store: Pick<Store, 'listChanges'>,
  jobs: readonly (Job | null)[],
  now: Instant,
): Promise<(job: Job | null) => StandingPause | null> {
  const pauses = new Map<number, StandingPause>();
  for (const job of jobs) {
    if (job === null || !isOffByDeclaration(job)) continue;
    const pause = standingPause(await store.listChanges(job.id), now);
    if (pause !== null) pauses.set(job.id, pause);
  }
  return (job) => (job === null ? null : (pauses.get(job.id) ?? null));
}

import type { TriggerSpec } from '../model/trigger-spec.ts';
import type { Instant } from '../time/instant.ts';

/**
 * Where the cursor of a *new* job stands (exclusive): `now`, but just before a
 * `once` that lies in the past and was accepted, so that it is due at once
 * and keeps its own instant. Not for changes of a job: these fire nothing again.
 */
export function planFrom(spec: TriggerSpec, now: Instant): Instant {
  const parts = spec.kind === 'any' ? spec.of : [spec];
  const past = parts.flatMap((part) =>
    part.kind === 'once' && part.at <= now ? [part.at - 1] : [],
  );
  return Math.min(now, ...past);
}

import { stableFraction } from '../base/hash.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import type { Instant } from '../time/instant.ts';

/**
 * When the run of an instant may start: `fireAt` plus the trigger's jitter, a
 * whole number of milliseconds in 0..jitterMs (both inclusive) that depends on
 * the job's name and the instant alone. So another node, a retry of planning or
 * a preview never draw anew.
 */
export function startAtOf(spec: TriggerSpec, jobName: string, fireAt: Instant): Instant {
  if (spec.jitterMs === undefined || spec.jitterMs === 0) return fireAt;
  return fireAt + Math.floor(stableFraction(`jitter|${jobName}|${fireAt}`) * (spec.jitterMs + 1));
}

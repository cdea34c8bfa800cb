import type { Site } from './site.ts';
import { type LineOf, linesOf, type WitnessLine } from './witness.ts';

export interface Takeovers {
  readonly takeoverCount: number;
  readonly recoveryMs: number[];
  readonly stopRecoveryMs: number[];
}

/** How long the runs of a killed or stopped process waited for their next attempt. */
export function takeovers(site: Site, lines: readonly WitnessLine[]): Takeovers {
  const starts = linesOf(lines, 'start');
  const endAt = new Map(linesOf(lines, 'end').map((end) => [keyOf(end), end.t]));
  const recoveryMs: number[] = [];
  const stopRecoveryMs: number[] = [];
  for (const start of starts) {
    const next = starts.find((each) => each.runId === start.runId && each.fence > start.fence);
    if (next === undefined) continue;
    const until = Math.min(endAt.get(keyOf(start)) ?? next.t, next.t);
    for (const { kind, target, beginAt } of site.faults) {
      if (target !== start.machine || beginAt < start.t || beginAt > until) continue;
      if (kind === 'crash' && !endAt.has(keyOf(start))) recoveryMs.push(next.t - beginAt);
      if (kind === 'pause' && next.pid !== start.pid) stopRecoveryMs.push(next.t - beginAt);
    }
  }
  return {
    takeoverCount: recoveryMs.length + stopRecoveryMs.length,
    recoveryMs,
    stopRecoveryMs,
  };
}

function keyOf({ runId, fence }: LineOf<'start'> | LineOf<'end'>): string {
  return `${runId} ${fence}`;
}

import type { TriggerSpec } from '../../../tickwork/src/core/model/trigger-spec.ts';
import type { Phase, Timeline, Window } from './timeline.ts';

/** What has been counted of a trigger: at least so many instants, at most all of these. */
interface Count {
  readonly trigger: string;
  least: number;
  readonly perhaps: Set<number>;
}

export interface LimitedParts {
  readonly timeline: Timeline;
  /** The instants of a definition in (from, to], whatever the maximum. */
  readonly instantsOf: (
    of: Pick<Phase, 'definition' | 'anchorAt'>,
    from: number,
    to: number,
  ) => readonly number[];
}

export interface LimitedInstants {
  readonly must: number[];
  readonly may: Set<number>;
  readonly paused: number[];
}

/**
 * The due instants of a job whose trigger ends after a maximum of them: those that certainly
 * come before the end must be, those that perhaps do may be. An instant in a window of
 * change may have been counted or not, but only once, so the count is a range. A trigger that
 * is changed counts anew.
 */
export function limitedInstants({ timeline, instantsOf }: LimitedParts): LimitedInstants {
  const found: LimitedInstants = { must: [], may: new Set(), paused: [] };
  let count: Count = { trigger: '', least: 0, perhaps: new Set() };
  const countOf = (trigger: TriggerSpec): Count => {
    const text = JSON.stringify(trigger);
    return count.trigger === text ? count : { trigger: text, least: 0, perhaps: new Set() };
  };
  for (const part of inOrder(timeline)) {
    if ('candidates' in part) {
      for (const candidate of part.candidates) {
        const counted = countOf(candidate.definition.trigger);
        const max = candidate.definition.trigger.runsMax ?? Number.POSITIVE_INFINITY;
        for (const at of instantsOf(candidate, part.fromAt, part.toAt)) {
          if (counted.least < max) found.may.add(at);
          counted.perhaps.add(at);
        }
        count = counted;
      }
      continue;
    }
    if (part.state === 'off') continue;
    count = countOf(part.definition.trigger);
    const max = part.definition.trigger.runsMax ?? Number.POSITIVE_INFINITY;
    for (const at of instantsOf(part, part.fromAt, part.toAt)) {
      if (count.perhaps.size < max) (part.state === 'active' ? found.must : found.paused).push(at);
      else if (count.least < max) found.may.add(at);
      count.least += 1;
      count.perhaps.add(at);
    }
  }
  return found;
}

function inOrder({ phases, windows }: Timeline): (Phase | Window)[] {
  return [...phases, ...windows].sort((a, b) => a.fromAt - b.fromAt || a.toAt - b.toAt);
}

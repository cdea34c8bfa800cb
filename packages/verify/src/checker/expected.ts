import type { TriggerSpec } from '../../../tickwork/src/core/model/trigger-spec.ts';
import { scheduleInstants } from '../oracle/schedule-oracle.ts';
import type { JobRecord, Ledger } from './ledger.ts';
import { limitedInstants } from './limited.ts';
import { retainedFrom } from './retained.ts';
import { type Phase, type Timeline, timelineOf } from './timeline.ts';

/** What an independent oracle says of a job's due instants up to the end of the watch. */
export interface Expected {
  /** False: the trigger depends on events or chance; nothing is listed. */
  readonly known: boolean;
  /** Certainly due and in force. Ascending. */
  readonly must: readonly number[];
  /** Due if an operation of unknown or running effect came out one way. */
  readonly may: ReadonlySet<number>;
  /** Due inside a certain pause. */
  readonly paused: readonly number[];
}

/** A job with everything the verdicts ask of it. */
export interface CheckedJob {
  readonly record: JobRecord;
  readonly timeline: Timeline;
  readonly expected: Expected;
  readonly mustSet: ReadonlySet<number>;
  /** Earlier ends may have been removed by retention. */
  readonly retainedFrom: number;
  /** Instants later than this are too young to be judged. */
  readonly judgedUntil: number;
}

export function checkedJobs(ledger: Ledger): CheckedJob[] {
  const judgedUntil = ledger.clock.at(ledger.endAt) - ledger.limits.settleMs;
  return ledger.jobs.map((record) => {
    const timeline = timelineOf(record, ledger);
    const expected = expectedOf(timeline, ledger);
    const mustSet = new Set(expected.must);
    const from = retainedFrom(record, ledger);
    return { record, timeline, expected, mustSet, retainedFrom: from, judgedUntil };
  });
}

function expectedOf(timeline: Timeline, ledger: Ledger): Expected {
  const endAt = ledger.clock.at(ledger.endAt) + ledger.limits.reachMs;
  let known = true;
  const instantsOf = (of: Pick<Phase, 'definition' | 'anchorAt'>, from: number, to: number) => {
    const { runsMax: _limit, ...trigger } = of.definition.trigger;
    const found = scheduleInstants(trigger as TriggerSpec, of, from, Math.min(to, endAt));
    if (found === null) known = false;
    return found ?? [];
  };
  const limited = timeline.phases.some((each) => each.definition.trigger.runsMax !== undefined);
  const found = limited
    ? limitedInstants({ timeline, instantsOf })
    : unlimitedInstants(timeline, instantsOf);
  return { known, ...found };
}

function unlimitedInstants(
  timeline: Timeline,
  instantsOf: (
    of: Pick<Phase, 'definition' | 'anchorAt'>,
    from: number,
    to: number,
  ) => readonly number[],
): Omit<Expected, 'known'> {
  const must: number[] = [];
  const paused: number[] = [];
  const may = new Set<number>();
  for (const phase of timeline.phases) {
    if (phase.state === 'off' || phase.toAt <= phase.fromAt) continue;
    const found = instantsOf(phase, phase.fromAt, phase.toAt);
    if (phase.state === 'active') must.push(...found);
    else paused.push(...found);
  }
  for (const window of timeline.windows) {
    for (const candidate of window.candidates) {
      const from = window.fromAt - lateStartMs(candidate);
      for (const at of instantsOf(candidate, from, window.toAt)) may.add(at);
    }
  }
  return { must, may, paused };
}

/** A one-off instant that is a little past when the job is created is still run. */
function lateStartMs(candidate: Pick<Phase, 'definition'>): number {
  const { trigger, policies } = candidate.definition;
  if (trigger.kind !== 'once') return 0;
  return trigger.allowPast === true ? policies.misfire.ageMsMax : policies.misfire.graceMs;
}

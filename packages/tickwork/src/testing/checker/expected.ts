import { scheduleInstants } from '../oracle/schedule-oracle.ts';
import type { JobRecord, Ledger } from './ledger.ts';
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
  /** Instants later than this are too young to be judged. */
  readonly judgedUntil: number;
}

export function checkedJobs(ledger: Ledger): CheckedJob[] {
  const judgedUntil = ledger.clock.at(ledger.endAt) - ledger.limits.settleMs;
  return ledger.jobs.map((record) => {
    const timeline = timelineOf(record, ledger);
    const expected = expectedOf(timeline, ledger);
    return { record, timeline, expected, mustSet: new Set(expected.must), judgedUntil };
  });
}

function expectedOf(timeline: Timeline, ledger: Ledger): Expected {
  const endAt = ledger.clock.at(ledger.endAt);
  const must: number[] = [];
  const paused: number[] = [];
  const may = new Set<number>();
  let known = true;
  const instants = (of: Pick<Phase, 'definition' | 'anchorAt'>, from: number, to: number) => {
    const found = scheduleInstants(of.definition.trigger, of, from, to);
    if (found === null) known = false;
    return found ?? [];
  };
  for (const phase of timeline.phases) {
    const to = Math.min(phase.toAt, endAt + ledger.limits.horizonMs);
    if (phase.state === 'off' || to <= phase.fromAt) continue;
    const found = instants(phase, phase.fromAt, to);
    if (phase.state === 'active') must.push(...found);
    else paused.push(...found);
  }
  for (const window of timeline.windows) {
    for (const candidate of window.candidates) {
      const from = window.fromAt - lateStartMs(candidate);
      const to = Math.min(window.toAt, endAt + ledger.limits.horizonMs);
      for (const at of instants(candidate, from, to)) may.add(at);
    }
  }
  return { known, must, may, paused };
}

/** A one-off instant that is a little past when the job is created is still run. */
function lateStartMs(candidate: Pick<Phase, 'definition'>): number {
  const { trigger, policies } = candidate.definition;
  if (trigger.kind !== 'once') return 0;
  return trigger.allowPast === true ? policies.misfire.ageMsMax : policies.misfire.graceMs;
}

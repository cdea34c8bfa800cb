import type { JobDefinition } from '../../../tickwork/src/core/model/job.ts';
import type { RunDump } from '../history/history.ts';
import type { Availability } from './availability.ts';
import type { CheckedJob } from './expected.ts';
import { type Skip, skipsOf } from './job-index.ts';
import type { Ledger, Operation } from './ledger.ts';
import { isRested, type PassedOver, pausedItself } from './paused-by.ts';
import { definitionsAt } from './timeline.ts';
import { showInstant, type Violation } from './violation.ts';

/** How far a decision may lie from the facts it was made from, while faults delay calls. */
const DISTURBED_MS = 90_000;
/** From so many instants on, a catch-up may take several steps. */
const CATCH_UP_STEP = 1000;

/** unjustified skip: a row says why an instant was not run, and the history denies it. */
export function checkSkips(
  ledger: Ledger,
  jobs: readonly CheckedJob[],
  availability: Availability,
): Violation[] {
  const violations: Violation[] = [];
  for (const job of jobs) {
    for (const skip of skipsOf(job.record)) {
      const why = new SkipJudge(ledger, job, skip, availability).wrongBecause();
      if (why !== null) violations.push(violationOf(job, skip, why));
    }
  }
  return violations;
}

class SkipJudge {
  readonly #ledger: Ledger;
  readonly #job: CheckedJob;
  readonly #skip: Skip;
  /** Facts this far from the decision still count, in ms of true time. */
  readonly #tolerance: number;
  readonly #decidedT: number;

  constructor(ledger: Ledger, job: CheckedJob, skip: Skip, availability: Availability) {
    this.#ledger = ledger;
    this.#job = job;
    this.#skip = skip;
    this.#decidedT = ledger.clock.truthOf(skip.decidedAt);
    const calm = !availability.disturbed(
      this.#decidedT - DISTURBED_MS,
      this.#decidedT + DISTURBED_MS,
    );
    this.#tolerance = calm ? ledger.limits.epsilonMs : DISTURBED_MS;
  }

  wrongBecause(): string | null {
    switch (this.#skip.reason) {
      case 'misfire':
        return this.#misfire();
      case 'coalesced':
        return this.#coalesced();
      case 'overlap':
        return this.#overlap();
      case 'limit':
        return this.#limit();
      case 'paused':
        return this.#paused();
      case 'too-late':
        return this.#tooLate();
      case 'backoff':
        return this.#backoff();
      case 'check':
        return this.#check();
      case 'superseded':
        return this.#superseded();
      case 'calendar':
        return this.#calendar();
      default:
        return `${this.#skip.reason || 'nothing'} is no reason for a skip`;
    }
  }

  /** Only a calendar excludes hours. */
  #calendar(): string | null {
    const definitions = this.#definitions();
    const parts = definitions.flatMap(({ trigger }) =>
      trigger.kind === 'any' ? [trigger, ...trigger.of] : [trigger],
    );
    if (definitions.length === 0 || parts.some((each) => each.calendar !== undefined)) return null;
    return 'its trigger names no calendar';
  }

  /** The runs that it was decided by may have been removed. */
  #isOld(): boolean {
    return this.#skip.decidedAt < this.#job.retainedFrom;
  }

  #definitions(): JobDefinition[] {
    const own = this.#skip.revision;
    const definition = own === null ? undefined : this.#job.record.definitions.get(own);
    if (definition !== undefined) return [definition];
    const found = new Set([
      ...definitionsAt(this.#job.timeline, this.#skip.toAt),
      ...definitionsAt(this.#job.timeline, this.#skip.decidedAt),
    ]);
    return [...found];
  }

  #misfire(): string | null {
    const { decidedAt, toAt } = this.#skip;
    const definitions = this.#definitions();
    const fits = definitions.some(({ policies: { misfire } }) => {
      const allowed = misfire.mode === 'skip' ? misfire.graceMs : misfire.ageMsMax;
      return decidedAt - toAt > allowed;
    });
    if (fits || definitions.length === 0) return null;
    return `it was only ${decidedAt - toAt} ms late when that was decided`;
  }

  /** By a change, which ends what is planned, or as the job is off when its caused run is due. */
  #superseded(): string | null {
    const why = this.#during(['update', 'disable', 'delete'], []);
    const origin = this.#ledger.rows.get(this.#skip.runId ?? '')?.origin ?? 'schedule';
    if (why === null || origin === 'schedule') return why;
    return this.#during(['disable', 'delete'], ['resume', 'create']);
  }

  #paused(): string | null {
    const why = this.#during(['pause'], ['resume', 'disable', 'delete']);
    if (why === null) return null;
    if (isRested(this.#job.record, this.#passedOver(), this.#slack())) return null;
    const definitions = [...this.#job.record.definitions.values()];
    if (pausedItself(this.#job.record, definitions, this.#skip.decidedAt + this.#tolerance)) {
      return null;
    }
    const counts = definitions.some((each) => each.policies.onFailure?.pauseAfter != null);
    // The failures themselves may have been removed.
    const removed = this.#job.retainedFrom > (this.#job.timeline.windows[0]?.fromAt ?? 0);
    return counts && removed ? null : `${why}, nor was it to be passed over`;
  }

  /** A stretch grows with each decision: all but the last were made when their time came. */
  #passedOver(): PassedOver[] {
    const { fromAt, toAt } = this.#skip;
    const inside = this.#job.expected.must.filter((at) => at > fromAt && at < toAt);
    const former = fromAt === toAt ? [] : [fromAt, ...inside];
    const { clock } = this.#ledger;
    return [
      ...former.map((at) => ({ at, decidedT: Math.min(clock.truthOf(at), this.#decidedT) })),
      { at: toAt, decidedT: this.#decidedT },
    ];
  }

  #tooLate(): string | null {
    const { decidedAt, fromAt, runId } = this.#skip;
    const row = runId === null ? undefined : this.#ledger.rows.get(runId);
    const lateMs = decidedAt - (row?.startAt ?? fromAt);
    const definitions = this.#definitions();
    const fits = definitions.some(
      ({ policies }) => policies.startWithinMs !== undefined && lateMs > policies.startWithinMs,
    );
    if (fits || definitions.length === 0) return null;
    return `it was only ${lateMs} ms late when that was decided`;
  }

  /** A run of the job had failed, and the job waits after that. */
  #backoff(): string | null {
    const { fromAt, decidedAt } = this.#skip;
    const holds = [...this.#job.record.definitions.values()].map(
      (each) => each.policies.onFailure?.retryAfterMs ?? 0,
    );
    const holdMs = Math.max(0, ...holds);
    const latestAt = decidedAt + this.#tolerance;
    const held = this.#job.record.rows.some((row) => {
      const { state, endedAt, origin, fireAt, createdAt } = row;
      const follows = this.#outlivesItsFailure(row) && createdAt <= latestAt && fromAt < fireAt;
      if (follows) return true;
      if (state !== 'FAILED' || endedAt === null || origin === 'manual') return false;
      return endedAt <= latestAt && fromAt < endedAt + holdMs;
    });
    return held || (holdMs > 0 && this.#isOld()) ? null : 'no run had failed shortly before';
  }

  /**
   * Retention removes the run that failed before the one it asked for, which was written with
   * its end: the hold lasts from then until the instant of that one.
   */
  #outlivesItsFailure({ origin, parentId, createdAt }: RunDump): boolean {
    if (origin !== 'failure' || parentId === null) return false;
    return !this.#ledger.rows.has(parentId) && createdAt < this.#job.retainedFrom;
  }

  /** The pre-check itself says what it answered. */
  #check(): string | null {
    const answers = this.#ledger.checks.get(this.#skip.runId ?? '') ?? [];
    return answers.at(-1)?.goesOn === false ? null : 'its pre-check did not say no';
  }

  #coalesced(): string | null {
    const { decidedAt, toAt } = this.#skip;
    const definitions = this.#definitions();
    const fits = definitions.some(({ policies: { misfire } }) => {
      return misfire.mode === 'fire-once' && decidedAt - toAt > misfire.graceMs;
    });
    if (!fits && definitions.length > 0) {
      return `it was only ${decidedAt - toAt} ms late, which is no misfire to coalesce`;
    }
    return this.#isOld() || this.#laterIsTaken() ? null : 'no later instant of the group was run';
  }

  /** Some later instant stands for this one; it may in turn have given way to a later one. */
  #laterIsTaken(): boolean {
    const { toAt, decidedAt, count } = this.#skip;
    const { horizonMs, epsilonMs } = this.#ledger.limits;
    const slack = horizonMs + epsilonMs;
    // Whoever passes over many instants in steps finds the later one in a later step.
    let horizon = decidedAt + slack + (count >= CATCH_UP_STEP ? this.#tolerance : 0);
    const later = [...this.#job.record.rows.map(memberOfRow), ...this.#job.record.skips]
      .filter((each) => each.toAt > toAt)
      .sort((a, b) => a.toAt - b.toAt);
    for (const each of later) {
      if (each.toAt > horizon) return false;
      if (each.reason !== 'coalesced') return true;
      horizon = Math.max(horizon, each.decidedAt + slack);
    }
    return false;
  }

  #overlap(): string | null {
    const modes = this.#definitions().map((each) => each.policies.overlap.mode);
    if (modes.length > 0 && modes.every((mode) => mode === 'allow'))
      return 'the policy allows overlap';
    const busy = this.#job.record.rows.some(
      (row) => row.id !== this.#skip.runId && (this.#occupies(row) || this.#waited(row)),
    );
    if (busy || this.#isOld()) return null;
    const replaced =
      modes.includes('cancel-previous') &&
      this.#job.record.rows.some(
        (row) => row.fireAt > this.#skip.toAt && row.fireAt <= this.#skip.decidedAt,
      );
    return replaced ? null : 'no other run of the job was live then';
  }

  #limit(): string | null {
    const definitions = this.#definitions();
    const { decidedAt, fromAt } = this.#skip;
    const reached = definitions.some(({ policies: { misfire, overlap } }) => {
      if (overlap.mode === 'queue-all' && this.#waitingCount() >= overlap.waitingMax) return true;
      if (misfire.mode !== 'fire-all') return false;
      const { must, may, known } = this.#job.expected;
      // Whether an instant in doubt was due is not known: it may have been one too many.
      const overdue = new Set([...must, ...may].filter((at) => at >= fromAt && at <= decidedAt));
      return !known || overdue.size > misfire.runsMax;
    });
    return reached || this.#isOld() || definitions.length === 0 ? null : 'no limit was reached';
  }

  /** Runs of the job that had come and not ended at the decision. */
  #waitingCount(): number {
    const own = this.#skip.runId;
    return this.#job.record.rows.filter(
      (row) => row.id !== own && (this.#occupies(row) || this.#waited(row)),
    ).length;
  }

  /**
   * It stood in the queue until it was passed over: by a change of the job, or too late. Its
   * row says when that was decided; it was live until that was first written.
   */
  #waited(row: RunDump): boolean {
    if (row.state !== 'SKIPPED' || !leavesQueue.has(row.reason ?? '')) return false;
    const { clock, commits } = this.#ledger;
    const written = commits
      .get(row.id)
      ?.find(({ accepted, what }) => accepted && what === 'settlement');
    const toT = Math.max(clock.truthOf(row.endedAt ?? row.fireAt), written?.t ?? 0);
    return clock.truthOf(row.fireAt) <= this.#decidedT + this.#tolerance && toT >= this.#decidedT;
  }

  /** From its instant (or grant) to the commit of its end, give or take the tolerance. */
  #occupies(row: RunDump): boolean {
    // A run that its pre-check skips has begun.
    if (row.state === 'SKIPPED' && row.reason !== 'check') return false;
    const { clock } = this.#ledger;
    const grantedT = this.#ledger.grants.get(row.id)?.[0]?.t ?? Number.POSITIVE_INFINITY;
    const fromT = Math.min(grantedT, clock.truthOf(row.fireAt));
    let toT = row.endedAt === null ? Number.POSITIVE_INFINITY : clock.truthOf(row.endedAt);
    for (const commit of this.#ledger.commits.get(row.id) ?? []) {
      if (commit.accepted && commit.what === 'completion') toT = Math.max(toT, commit.t);
    }
    return fromT <= this.#decidedT + this.#tolerance && toT >= this.#decidedT - this.#tolerance;
  }

  #slack(): number {
    const { epsilonMs, horizonMs } = this.#ledger.limits;
    return this.#tolerance + epsilonMs + horizonMs;
  }

  /** Decided between the begin of an operation of `from` and the end of the next of `until`. */
  #during(from: readonly Operation['f'][], until: readonly Operation['f'][]): string | null {
    const at = this.#decidedT;
    const slack = this.#slack();
    const operations = this.#job.record.operations;
    const begun = operations.some((each, i) => {
      if (!from.includes(each.f) || each.outcome === 'fail') return false;
      if (each.invokeAt > at + slack) return false;
      if (until.length === 0) return at <= each.okAt + slack;
      const end = operations
        .slice(i + 1)
        .find((next) => until.includes(next.f) && next.outcome === 'ok');
      return end === undefined || at <= end.okAt + slack;
    });
    return begun ? null : `no ${from.join(' or ')} was in effect then`;
  }
}

const leavesQueue: ReadonlySet<string> = new Set(['paused', 'superseded', 'too-late', 'backoff']);

function memberOfRow(row: RunDump): Pick<Skip, 'toAt' | 'reason' | 'decidedAt'> {
  return { toAt: row.fireAt, reason: row.reason ?? '', decidedAt: row.endedAt ?? row.createdAt };
}

function violationOf(job: CheckedJob, skip: Skip, why: string): Violation {
  const stretch =
    skip.count === 1
      ? showInstant(skip.fromAt)
      : `${showInstant(skip.fromAt)} to ${showInstant(skip.toAt)}`;
  return {
    verdict: 'unjustified-skip',
    text:
      `job ${job.record.sched} skipped ${stretch} as ${skip.reason} ` +
      `(decided ${showInstant(skip.decidedAt)}): ${why}`,
    sched: job.record.sched,
    runId: skip.runId,
    facts: { fromAt: skip.fromAt, toAt: skip.toAt, count: skip.count, reason: skip.reason },
  };
}

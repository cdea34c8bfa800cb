import type { Attempt } from '../../../tickwork/src/core/model/run.ts';
import {
  type ClientFact,
  defaultLimits,
  type FaultFact,
  type HistoryEvent,
  type HistoryLimits,
  type RunDump,
  type SystemFact,
  type WitnessFact,
} from '../history/history.ts';
import type {
  Ack,
  AttemptRecord,
  CheckAnswer,
  Commit,
  FaultRecord,
  Grant,
  JobRecord,
  Join,
  Ledger,
  Operation,
} from './ledger.ts';
import { TruthClock } from './truth-clock.ts';

type Stamped<Fact> = Fact & { readonly i: number; readonly t: number };

/** Sorts the events of a history into a ledger, in one pass. */
export function readLedger(events: readonly HistoryEvent[]): Ledger {
  const reader = new LedgerReader();
  for (const event of events) reader.read(event);
  return reader.finish();
}

class LedgerReader {
  #limits: HistoryLimits = defaultLimits;
  #endAt = 0;
  #totals: Readonly<Record<string, number>> | null = null;
  #dumped = false;
  #skewCount = 0;
  readonly #offsets: { t: number; offsetMs: number }[] = [];
  readonly #operations = new Map<string, Operation>();
  readonly #jobs: JobRecord[] = [];
  /** The last job of each name. */
  readonly #jobByName = new Map<string, JobRecord>();
  readonly #jobById = new Map<number, JobRecord>();
  readonly #attempts: AttemptRecord[] = [];
  readonly #attemptsByRun = new Map<string, AttemptRecord[]>();
  readonly #rows = new Map<string, RunDump>();
  readonly #jobOf = new Map<string, JobRecord>();
  readonly #dumpedAttempts = new Map<string, Attempt[]>();
  readonly #grants = new Map<string, Grant[]>();
  readonly #commits = new Map<string, Commit[]>();
  readonly #acks: Ack[] = [];
  readonly #faults = new Map<number, FaultRecord>();
  /** The lives of each machine since its last crash. */
  readonly #livesOf = new Map<string, Set<string>>();
  #running: AttemptRecord[] = [];
  readonly #crashedAt = new Map<string, number>();
  readonly #reaped = new Map<string, { t: number; renewedAt: number }>();
  readonly #leftAt = new Map<string, number>();
  readonly #joins: Join[] = [];
  readonly #checks = new Map<string, CheckAnswer[]>();

  read(event: HistoryEvent): void {
    this.#endAt = Math.max(this.#endAt, event.t);
    switch (event.src) {
      case 'harness':
        if (event.type === 'begin') this.#limits = { ...defaultLimits, ...event.limits };
        break;
      case 'client':
        this.#readClient(event);
        break;
      case 'witness':
        this.#readWitness(event);
        break;
      case 'sut':
        this.#readSystem(event);
        break;
      case 'nemesis':
        this.#readFault(event);
        break;
      case 'clock':
        if (event.node === 'store') this.#offsets.push({ t: event.t, offsetMs: event.offsetMs });
        else this.#skewCount += 1;
        break;
      default:
        event satisfies never;
    }
  }

  finish(): Ledger {
    for (const row of this.#rows.values()) {
      const job = row.jobId === null ? undefined : this.#jobById.get(row.jobId);
      job?.rows.push(row);
      if (job !== undefined) this.#jobOf.set(row.id, job);
    }
    for (const attempt of this.#attempts) {
      if (attempt.sched === null) continue;
      const job = this.#jobOfRun(attempt.runId, attempt.sched);
      this.#jobOf.set(attempt.runId, job);
      job.attempts.push(attempt);
    }
    this.#placeUnseen();
    const operations = [...this.#operations.values()];
    for (const job of this.#jobs) job.rows.sort((a, b) => a.fireAt - b.fireAt);
    return {
      limits: this.#limits,
      clock: new TruthClock(this.#offsets),
      endAt: this.#endAt,
      operations,
      cancelledRunIds: cancelledBy(operations),
      jobs: this.#jobs,
      jobOf: this.#jobOf,
      attempts: this.#attempts,
      attemptsByRun: this.#attemptsByRun,
      rows: this.#rows,
      dumpedAttempts: this.#dumpedAttempts,
      grants: this.#grants,
      commits: this.#commits,
      acks: this.#acks,
      faults: [...this.#faults.values()],
      skewCount: this.#skewCount,
      crashedAt: this.#crashedAt,
      reaped: this.#reaped,
      leftAt: this.#leftAt,
      ...{ joins: this.#joins, checks: this.#checks },
      totals: this.#totals,
      dumped: this.#dumped,
    };
  }

  #readClient(event: Stamped<ClientFact>): void {
    if (event.type === 'op.invoke') {
      if (this.#operations.has(event.opId)) return;
      const operation: Operation = {
        opId: event.opId,
        f: event.f,
        sched: event.sched,
        invokeAt: event.t,
        okAt: Number.POSITIVE_INFINITY,
        outcome: 'info',
        answer: null,
        requestId: event.requestId ?? null,
        runId: event.runId ?? null,
        ...{ unsure: false, result: null, rest: null, runIds: [], how: event.how ?? null },
      };
      this.#operations.set(event.opId, operation);
      const job = event.f === 'create' ? this.#createdJob(event.sched) : this.#job(event.sched);
      job.operations.push(operation);
      return;
    }
    const operation = this.#operations.get(event.opId);
    if (operation === undefined) return;
    if (event.type === 'op.info') {
      operation.unsure = true;
      return;
    }
    operation.okAt = event.t;
    operation.outcome = event.type === 'op.ok' ? 'ok' : 'fail';
    operation.runId = event.runId ?? operation.runId;
    if (event.type !== 'op.ok') return;
    operation.result = event.outcome ?? null;
    operation.rest = event.rest ?? null;
    operation.runIds = event.runIds ?? [];
    if (event.job === undefined) return;
    operation.answer = event.job;
    const job = this.#jobById.get(event.job.jobId) ?? this.#job(event.sched);
    job.jobId = event.job.jobId;
    job.definitions.set(event.job.revision, event.job.definition);
    this.#jobById.set(event.job.jobId, job);
  }

  #readWitness(event: Stamped<WitnessFact>): void {
    if (event.type === 'run.check') {
      append(this.#checks, event.runId, event);
      return;
    }
    if (event.type === 'run.start') {
      const { i, t, src: _src, type: _type, ...key } = event;
      const fresh = { endAt: Number.POSITIVE_INFINITY, endedBy: null, outcome: null } as const;
      const record: AttemptRecord = { i, startAt: t, ...key, ...fresh, signalledAt: null };
      this.#attempts.push(record);
      this.#running.push(record);
      this.#noteLife(event);
      append(this.#attemptsByRun, event.runId, record);
      return;
    }
    const record = this.#attemptsByRun
      .get(event.runId)
      ?.findLast((each) => each.token === event.token && each.inc === event.inc);
    if (record === undefined) return;
    if (event.type === 'run.sig') {
      record.signalledAt ??= event.t;
      return;
    }
    record.endAt = event.t;
    record.endedBy = 'itself';
    record.outcome = event.outcome;
  }

  #noteLife({ node, inc }: { readonly node: string; readonly inc: string }): void {
    const lives = this.#livesOf.get(node);
    if (lives === undefined) this.#livesOf.set(node, new Set([inc]));
    else lives.add(inc);
  }

  #readSystem(event: Stamped<SystemFact>): void {
    switch (event.type) {
      case 'grant':
        append(this.#grants, event.runId, event);
        break;
      case 'commit':
        append(this.#commits, event.runId, event);
        break;
      case 'ack':
        this.#acks.push(event);
        break;
      case 'reaped':
        if (!this.#reaped.has(event.inc)) {
          this.#reaped.set(event.inc, { t: event.t, renewedAt: event.renewedAt });
        }
        break;
      case 'joined':
        this.#joins.push(event);
        this.#noteLife(event);
        break;
      case 'left':
        this.#leftAt.set(event.inc, event.t);
        break;
      case 'totals':
        this.#totals = event.runs;
        break;
      default:
        this.#readDump(event);
    }
  }

  #readDump(event: Extract<SystemFact, { type: `dump.${string}` }>): void {
    this.#dumped = true;
    switch (event.type) {
      case 'dump.job': {
        const job = this.#jobById.get(event.job.jobId) ?? this.#job(event.job.name);
        job.dump = event.job;
        job.jobId = event.job.jobId;
        this.#jobById.set(event.job.jobId, job);
        break;
      }
      case 'dump.run':
        this.#rows.set(event.run.id, event.run);
        break;
      case 'dump.attempt':
        append(this.#dumpedAttempts, event.attempt.runId, event.attempt);
        break;
      case 'dump.skip':
        (this.#jobById.get(event.skip.jobId) ?? this.#job(event.sched)).skips.push(event.skip);
        break;
      default:
        event satisfies never;
    }
  }

  #readFault(event: Stamped<FaultFact>): void {
    if (event.type === 'fault.end') {
      const fault = this.#faults.get(event.faultId);
      if (fault !== undefined) fault.endAt = event.t;
      return;
    }
    this.#faults.set(event.faultId, {
      faultId: event.faultId,
      kind: event.kind,
      target: event.target,
      beginAt: event.t,
      endAt: Number.POSITIVE_INFINITY,
    });
    if (event.kind === 'crash') this.#readCrash(event.target, event.t);
  }

  /** A crash ends every life of the machine with everything that ran in it. */
  #readCrash(target: string, t: number): void {
    this.#crashedAt.set(target, t);
    for (const inc of this.#livesOf.get(target) ?? []) {
      if (!this.#crashedAt.has(inc)) this.#crashedAt.set(inc, t);
    }
    this.#livesOf.delete(target);
    this.#running = this.#running.filter((attempt) => {
      if (attempt.endedBy !== null) return false;
      if (attempt.inc !== target && attempt.node !== target) return true;
      attempt.endAt = t;
      attempt.endedBy = 'crash';
      return false;
    });
  }

  #job(sched: string): JobRecord {
    return this.#jobByName.get(sched) ?? this.#newJob(sched);
  }

  /** A name that is created after it was deleted stands for another job from then on. */
  #createdJob(sched: string): JobRecord {
    const known = this.#jobByName.get(sched);
    const deleted = known?.operations.some(
      (each) => each.f === 'delete' && each.outcome !== 'fail',
    );
    return known === undefined || deleted === true ? this.#newJob(sched) : known;
  }

  #newJob(sched: string): JobRecord {
    const lists = { operations: [], rows: [], skips: [], attempts: [] };
    const job = { sched, ...lists, definitions: new Map(), jobId: null, dump: null };
    this.#jobs.push(job);
    this.#jobByName.set(sched, job);
    return job;
  }

  /**
   * Runs of which only writes are known: granted to a node that died before the task began,
   * ended by another, and removed by retention. Their ids tell their job.
   */
  #placeUnseen(): void {
    for (const runId of this.#commits.keys()) {
      const job = this.#jobById.get(Number.parseInt(runId, 36));
      if (job !== undefined && !this.#jobOf.has(runId)) this.#jobOf.set(runId, job);
    }
  }

  /** Run ids begin with their job's number; rows of unknown jobs go by the name. */
  #jobOfRun(runId: string, sched: string): JobRecord {
    const known = this.#jobOf.get(runId);
    if (known !== undefined) return known;
    const byId = this.#jobById.get(Number.parseInt(runId, 36));
    return byId?.sched === sched ? byId : this.#job(sched);
  }
}

function cancelledBy(operations: readonly Operation[]): Set<string> {
  const cancels = operations.filter((each) => each.f === 'cancel' && each.outcome !== 'fail');
  return new Set(cancels.map((each) => each.runId ?? ''));
}

function append<Key, Value>(map: Map<Key, Value[]>, key: Key, value: Value): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}

import { resolve } from 'node:path';
import { callable, flag, optional, optionsOf, text, whole } from '../../core/base/shape.ts';
import { checkPlan } from '../../core/ledger/check-plan.ts';
import type { HeartbeatRequest } from '../../core/ports/heartbeat.ts';
import type { Signals } from '../../core/ports/node-store.ts';
import type { Store } from '../../core/ports/store.ts';
import type { StoreFault, UpkeepStore } from '../../core/ports/upkeep-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import { claimRuns, hasClaim } from './claim-runs.ts';
import { checkCompletions, reportRun } from './complete-run.ts';
import { completeRuns } from './complete-runs.ts';
import { findDueJobs, nextDueAt } from './due-jobs.ts';
import { enqueueRuns } from './enqueue-runs.ts';
import { Heartbeats } from './heartbeat.ts';
import { listChanges } from './job-changes.ts';
import { limitLog, openDatabase } from './open-database.ts';
import { planDue } from './plan-due.ts';
import { prune } from './prune.ts';
import { findOverdue, findRun, listRuns, readRun } from './read-runs.ts';
import { renewLease } from './renew-lease.ts';
import { Session } from './session.ts';
import { cancelRun, settleRun } from './settle-runs.ts';
import {
  checkWrites,
  deleteJob,
  findJobs,
  listCalendars,
  listJobs,
  listSkips,
  saveCalendars,
  saveJobs,
} from './sqlite-jobs.ts';
import {
  findCancelled,
  findLostRuns,
  joinNode,
  leaveNode,
  listNodes,
  reapNodes,
} from './sqlite-nodes.ts';
import { startRuns } from './start-runs.ts';
import { StoreFile } from './store-file.ts';
import { Transactions } from './transactions.ts';
import { examine, repair } from './upkeep/examine.ts';
import { findClockFaults } from './upkeep/find-clock-faults.ts';
import { setAside } from './upkeep/set-aside.ts';

export interface SqliteStoreOptions {
  /**
   * The file, relative to the working directory or absolute. Made if there is none (its
   * directory must exist), readable by this user only. Names such as `:memory:` have no
   * special meaning.
   */
  readonly path: string;
  /**
   * True (default): an acknowledged write survives a power failure. False: it survives a
   * crash of the process; a power failure may undo the last writes, never half of one.
   * Single writes are about seven times as fast then, batches hardly faster.
   */
  readonly durable?: boolean;
  /** Maximum size of the file in pages of 4 KiB; absent: as the disk allows. */
  readonly pagesMax?: number;
  /** How long a call waits for another process's transaction; default 5,000. Then STORE_LOCKED. */
  readonly lockTimeoutMs?: number;
  /** The clock of the process, epoch ms; absent: the system's. */
  readonly now?: () => Instant;
}

const optionsShape = optionsOf<SqliteStoreOptions>('createSqliteStore', {
  path: text({ max: 4_096 }),
  durable: optional(flag),
  pagesMax: optional(whole(1, 2 ** 32 - 2)),
  lockTimeoutMs: optional(whole(0, 2 ** 31 - 1)),
  now: optional(callable),
});

/** A renewal must be answered well before its lease of 15 s ends. */
const LOCK_TIMEOUT_MS = 5_000;
/** Who only writes, such as a process that enqueues, looks after its file as often as a node. */
const FILE_CHECK_EVERY_MS = 5_000;
/** New jobs in one transaction; in bulk these take no longer than 500 changed ones. */
const NEW_JOBS_MAX = 1000;

/**
 * Opens a store in one SQLite file, the embedded store of one machine: any number of
 * processes may open it, each is a node of its own. Not for network file systems, whose
 * locks cannot be trusted (https://www.sqlite.org/wal.html).
 *
 * The schema is brought up to date under a lock. Errors: STORE_UNAVAILABLE (no such directory),
 * STORE_LOCKED (for too long: a retry can help), STORE_READ_ONLY, STORE_CORRUPT (damaged or no
 * database), STORE_FULL (nothing of the call is written; a retry can help), STORE_VERSION (a newer
 * program wrote it), STORE_REPLACED (the file was deleted, moved or replaced while it was open;
 * found with each renewal of a lease, and within 5 s of writing: no further call succeeds). Calls
 * made in one turn of the event loop share one transaction and are answered after its commit.
 *
 *     const store = await createSqliteStore({ path: 'tickwork.db' });
 */
export async function createSqliteStore(options: SqliteStoreOptions): Promise<Store> {
  optionsShape(options, 'options');
  const now = options.now ?? Date.now;
  const path = resolve(options.path);
  const database = openDatabase({
    path,
    durable: options.durable ?? true,
    pagesMax: options.pagesMax ?? null,
    nowAt: now(),
  });
  const file = new StoreFile(path);
  const session = new Session(database, now);
  const heartbeats = new Heartbeats(file, (copying) => limitLog(database, copying));
  const listeners: ((fault: StoreFault) => void)[] = [];
  const hooks = {
    refuse: () => file.assertKnown(),
    setAside: () => setAside(session, session.clockAt()),
    onSetAside: (faults: readonly StoreFault[]) => {
      for (const fault of faults) for (const listener of listeners) listener(fault);
    },
    begin: () => {
      file.check(FILE_CHECK_EVERY_MS);
      session.begin();
    },
    end: (changed: boolean) => session.end(changed),
    committed: (rows: number) => {
      session.committed(rows > 0);
      heartbeats.noteWritten(rows);
    },
  };
  const lockTimeoutMs = options.lockTimeoutMs ?? LOCK_TIMEOUT_MS;
  const transactions = new Transactions(database, hooks, { path, lockTimeoutMs });
  return {
    kind: 'sqlite',
    clockSource: 'process',
    ...jobMethods(session, transactions),
    ...runMethods(session, transactions),
    ...nodeMethods(session, transactions, file),
    watchFaults: (listener) => void listeners.push(listener),
    examine: (systemNow) => examine(session, transactions, systemNow),
    examineClock: (systemNow) =>
      transactions.read(() => findClockFaults(database, systemNow)[0]?.fault ?? null),
    repair: (systemNow) => repair(session, transactions, systemNow),
    // A thread cannot ask a clock that is only a function of this one.
    ...(options.now === undefined
      ? { startHeartbeat: (request: HeartbeatRequest) => heartbeats.start(request) }
      : {}),
    close: async () => {
      await heartbeats.stop();
      await transactions.close();
      database.close();
    },
  };
}

type JobMethods = Pick<
  Store,
  | 'saveJobs'
  | 'findJobs'
  | 'listJobs'
  | 'deleteJobs'
  | 'findRevisions'
  | 'findDueJobs'
  | 'nextDueAt'
  | 'planDue'
  | 'listChanges'
  | 'listSkips'
  | 'saveCalendars'
  | 'listCalendars'
>;

function jobMethods(session: Session, transactions: Transactions): JobMethods {
  return {
    saveJobs: async (writes) => {
      checkWrites(writes);
      const areNew = writes.every(({ expected }) => expected === null);
      const sliceMax = areNew ? NEW_JOBS_MAX : undefined;
      return transactions.writeEach(writes, (slice) => saveJobs(session, slice), sliceMax);
    },
    findJobs: (names) => transactions.read(() => findJobs(session, names)),
    listJobs: (filter, page) => transactions.read(() => listJobs(session, filter, page)),
    deleteJobs: async (jobIds, at) => {
      const deleted = await transactions.writeEach(jobIds, (slice) =>
        slice.map((jobId) => deleteJob(session, jobId, at)),
      );
      return deleted.filter(Boolean).length;
    },
    findRevisions: (keys) =>
      transactions.read(() =>
        keys.map(({ jobId, revision }) => session.definition(jobId, revision)),
      ),
    findDueJobs: (until, limit) => transactions.read(() => findDueJobs(session, until, limit)),
    nextDueAt: () => transactions.read(() => nextDueAt(session)),
    planDue: async (writes) => {
      for (const write of writes) checkPlan(write);
      return transactions.writeEach(writes, (slice) => planDue(session, slice));
    },
    listChanges: (jobId) => transactions.read(() => listChanges(session, jobId)),
    listSkips: (jobId, fromAt, toAt, limit) =>
      transactions.read(() => listSkips(session, jobId, fromAt, toAt, limit)),
    saveCalendars: (calendars) =>
      transactions.write(calendars.length, () => saveCalendars(session, calendars)),
    listCalendars: () => transactions.read(() => listCalendars(session)),
  };
}

type RunMethods = Pick<
  Store,
  | 'enqueueRuns'
  | 'claimRuns'
  | 'startRuns'
  | 'settleRuns'
  | 'completeRuns'
  | 'reportRuns'
  | 'cancelRuns'
  | 'findRuns'
  | 'listRuns'
  | 'findOverdue'
  | 'readRun'
  | 'pruneRuns'
>;

function runMethods(session: Session, transactions: Transactions): RunMethods {
  return {
    enqueueRuns: (runs, at) =>
      transactions.writeEach(runs, (slice) => enqueueRuns(session, slice, at)),
    claimRuns: async (request) => {
      // Asked first, so that an idle node does not take the lock of a writer for nothing.
      const worth =
        transactions.isGathering || (await transactions.read(() => hasClaim(session, request)));
      if (!worth) return [];
      return transactions.write(request.limit, () => claimRuns(session, request));
    },
    startRuns: (nodeId, requests, at) =>
      transactions.write(requests.length, () => startRuns(session, nodeId, requests, at)),
    settleRuns: (nodeId, settlements, at) =>
      transactions.writeEach(settlements, (slice) =>
        slice.map((settlement) => settleRun(session, nodeId, settlement, at)),
      ),
    completeRuns: async (completions) => {
      checkCompletions(completions);
      return transactions.writeEach(completions, (slice) => completeRuns(session, slice));
    },
    reportRuns: (reports) =>
      transactions.writeEach(reports, (slice) => slice.map((report) => reportRun(session, report))),
    cancelRuns: (runIds, at, reason) =>
      transactions.writeEach(runIds, (slice) =>
        slice.map((runId) => ({ runId, outcome: cancelRun(session, runId, at, reason) })),
      ),
    findRuns: (runIds) => transactions.read(() => runIds.map((runId) => findRun(session, runId))),
    listRuns: (filter, page) => transactions.read(() => listRuns(session, filter, page)),
    findOverdue: (jobIds, until) => transactions.read(() => findOverdue(session, jobIds, until)),
    readRun: (runId, output) => transactions.read(() => readRun(session, runId, output)),
    pruneRuns: (request) => prune(session, transactions, request),
  };
}

type NodeMethods = Omit<Store, keyof JobMethods | keyof RunMethods | keyof Fixed>;
type Fixed = Pick<Store, 'kind' | 'clockSource' | 'close' | 'startHeartbeat' | keyof UpkeepStore>;

function nodeMethods(session: Session, transactions: Transactions, file: StoreFile): NodeMethods {
  const { database } = session;
  const answers = new Map<string, Signals>();
  return {
    joinNode: (node, at, leaseUntil) =>
      transactions.write(1, () => joinNode(session, node, at, leaseUntil)),
    renewNode: async (nodeId, leaseUntil) => {
      file.check(0);
      return transactions.write(1, () => renewLease(database, nodeId, leaseUntil));
    },
    leaveNode: (nodeId, at) => transactions.write(1, () => leaveNode(session, nodeId, at)),
    reapNodes: (now, provenDead) =>
      transactions.write(1, () => reapNodes(session, now, provenDead)),
    findLostRuns: (limit) => transactions.read(() => findLostRuns(session, limit)),
    listNodes: (limit) => transactions.read(() => listNodes(session, limit)),
    pollSignals: (nodeId) =>
      transactions.read(() => {
        session.noteOthers();
        const known = answers.get(nodeId);
        if (known?.change === session.change) return known;
        const signals: Signals = {
          change: session.change,
          jobsVersion: session.jobsVersion(),
          cancelRunIds: findCancelled(session, nodeId),
        };
        answers.set(nodeId, signals);
        return signals;
      }),
    readClock: () => transactions.read(() => session.clockAt()),
  };
}

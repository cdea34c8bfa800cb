import { DatabaseSync } from 'node:sqlite';

/** Runs that one transaction ends and claims. */
const BATCH = 500;

export interface RawResult {
  readonly enqueueSeconds: number;
  readonly drainSeconds: number;
  readonly drainCpuSeconds: number;
  readonly handled: number;
  readonly history: number;
}

/**
 * The limit: a hand-written loop over two tables. One transaction moves the runs of the last
 * batch to an indexed history and claims the next ones; each payload is parsed and each
 * handler awaited. No names, retries, priorities, policies, leases or overlap: an upper bound
 * of what SQLite gives on this machine at this moment, and not a product.
 */
export async function rawLoop(
  path: string,
  runs: number,
  handler: (input: unknown) => unknown,
): Promise<RawResult> {
  const raw = new DatabaseSync(path);
  raw.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA cache_size = -32768');
  raw.exec('PRAGMA wal_autocheckpoint = 4000');
  raw.exec(`CREATE TABLE runs (id INTEGER PRIMARY KEY, job INTEGER NOT NULL,
    due_at INTEGER NOT NULL, state INTEGER NOT NULL DEFAULT 0, node INTEGER,
    payload TEXT NOT NULL) STRICT;
    CREATE INDEX runs_open ON runs (due_at, id) WHERE state = 0;
    CREATE TABLE history (id INTEGER PRIMARY KEY, job INTEGER NOT NULL, due_at INTEGER NOT NULL,
      started_at INTEGER NOT NULL, ended_at INTEGER NOT NULL, state INTEGER NOT NULL,
      payload TEXT NOT NULL, result TEXT) STRICT;
    CREATE INDEX history_job ON history (job, ended_at);`);
  const enqueuedMs = performance.now();
  enqueue(raw, runs);
  const enqueueSeconds = (performance.now() - enqueuedMs) / 1000;
  const startedMs = performance.now();
  const cpu = process.cpuUsage();
  const handled = await drain(raw, handler);
  const drainSeconds = (performance.now() - startedMs) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const { n } = raw.prepare('SELECT count(*) AS n FROM history').get() as { n: number };
  raw.close();
  return {
    enqueueSeconds,
    drainSeconds,
    drainCpuSeconds: (user + system) / 1e6,
    handled,
    history: n,
  };
}

function enqueue(raw: DatabaseSync, runs: number): void {
  const insert = raw.prepare('INSERT INTO runs (job, due_at, payload) VALUES (?, ?, ?)');
  const now = Date.now();
  for (let from = 0; from < runs; from += BATCH) {
    raw.exec('BEGIN IMMEDIATE');
    const until = Math.min(runs, from + BATCH);
    for (let i = from; i < until; i++) insert.run(i % 100, now, JSON.stringify({ i }));
    raw.exec('COMMIT');
  }
}

interface Claimed {
  readonly id: number;
  readonly job: number;
  readonly due_at: number;
  readonly payload: string;
}

async function drain(raw: DatabaseSync, handler: (input: unknown) => unknown): Promise<number> {
  const claim = raw.prepare(`UPDATE runs SET state = 1, node = 1 WHERE id IN (
    SELECT id FROM runs WHERE state = 0 AND due_at <= ? ORDER BY due_at, id LIMIT ${BATCH})
    RETURNING id, job, due_at, payload`);
  const end = raw.prepare('DELETE FROM runs WHERE id = ?');
  const keep =
    raw.prepare(`INSERT INTO history (id, job, due_at, started_at, ended_at, state, payload)
    VALUES (?, ?, ?, ?, ?, 2, ?)`);
  let handled = 0;
  let batch: Claimed[] = [];
  for (;;) {
    raw.exec('BEGIN IMMEDIATE');
    const now = Date.now();
    for (const run of batch) {
      keep.run(run.id, run.job, run.due_at, now, now, run.payload);
      end.run(run.id);
    }
    batch = claim.all(now) as unknown as Claimed[];
    raw.exec('COMMIT');
    if (batch.length === 0) return handled;
    for (const run of batch) {
      await handler(JSON.parse(run.payload));
      handled++;
    }
  }
}

import type { Migration } from '../sql/migration.ts';

/**
 * The schema's history. A step that was published never changes; add another one.
 *
 * Runs live in two tables. `tickwork_runs` is hot and small: a row leaves it when its run
 * ends. `tickwork_history` is append-only. The id of a run is a function of (job, instant),
 * see `runId`, so its UNIQUE is the promise of one run per instant.
 *
 * Each index on the way of a run costs 15 to 25 % of throughput, hence partial ones: a run
 * is in `tickwork_runs_open` only while anybody may claim it, in `…_node` while a node holds
 * it, in `…_job` if it belongs to a job. What makes rows long stands elsewhere, as a row is
 * written again at each step: definitions of jobs in `tickwork_job_revisions`, tasks with
 * their policies, which many enqueued runs share, in `tickwork_shared_definitions`.
 */
export const migrations: readonly Migration[] = [
  {
    version: 1,
    name: 'jobs, runs, history, nodes',
    statements: [
      `CREATE TABLE tickwork_meta (
        name TEXT PRIMARY KEY, value INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
      `INSERT INTO tickwork_meta (name, value) VALUES ('clock', 0), ('jobs_version', 0)`,
      `CREATE TABLE tickwork_jobs (
        id INTEGER PRIMARY KEY AUTOINCREMENT,
        name TEXT NOT NULL UNIQUE,
        search_name TEXT,
        revision INTEGER NOT NULL,
        source_kind TEXT NOT NULL, source_id TEXT NOT NULL,
        status TEXT NOT NULL CHECK (status IN ('active', 'paused', 'disabled')),
        status_reason TEXT, paused_until_at INTEGER,
        created_at INTEGER NOT NULL, effective_at INTEGER NOT NULL,
        cursor_at INTEGER NOT NULL, next_fire_at INTEGER,
        memory TEXT NOT NULL, ended_at INTEGER, zone_version TEXT NOT NULL,
        event_driven INTEGER NOT NULL, rearm_after_ms INTEGER,
        retention_age_ms INTEGER NOT NULL, retention_runs_max INTEGER NOT NULL,
        skip_open INTEGER NOT NULL DEFAULT 0,
        wake_at INTEGER GENERATED ALWAYS AS (
          CASE status
            WHEN 'active' THEN next_fire_at
            WHEN 'paused' THEN min(
              ifnull(next_fire_at, paused_until_at), ifnull(paused_until_at, next_fire_at))
          END) VIRTUAL
      ) STRICT`,
      `CREATE INDEX tickwork_jobs_wake ON tickwork_jobs (wake_at) WHERE wake_at IS NOT NULL`,
      `CREATE INDEX tickwork_jobs_event ON tickwork_jobs (name) WHERE event_driven = 1`,
      `CREATE TABLE tickwork_job_revisions (
        job_id INTEGER NOT NULL, revision INTEGER NOT NULL, definition TEXT NOT NULL,
        PRIMARY KEY (job_id, revision)
      ) STRICT, WITHOUT ROWID`,
      `CREATE TABLE tickwork_job_tags (
        tag TEXT NOT NULL, job_id INTEGER NOT NULL, PRIMARY KEY (tag, job_id)
      ) STRICT, WITHOUT ROWID`,
      `CREATE INDEX tickwork_job_tags_job ON tickwork_job_tags (job_id)`,
      `CREATE TABLE tickwork_job_stats (
        job_id INTEGER PRIMARY KEY,
        success_count INTEGER NOT NULL, failure_count INTEGER NOT NULL,
        cancelled_count INTEGER NOT NULL, skipped_count INTEGER NOT NULL,
        last_started_at INTEGER, last_ended_at INTEGER, last_state TEXT, last_error TEXT,
        duration_ms_total INTEGER NOT NULL, history_count INTEGER NOT NULL
      ) STRICT`,
      `CREATE TABLE tickwork_deleted_jobs (id INTEGER PRIMARY KEY, name TEXT NOT NULL) STRICT`,
      `CREATE INDEX tickwork_deleted_jobs_name ON tickwork_deleted_jobs (name)`,
      `CREATE TABLE tickwork_works (id INTEGER PRIMARY KEY, text TEXT NOT NULL UNIQUE) STRICT`,
      `CREATE TABLE tickwork_skips (
        job_id INTEGER NOT NULL, from_at INTEGER NOT NULL, to_at INTEGER NOT NULL,
        count INTEGER NOT NULL, reason TEXT NOT NULL, decided_at INTEGER NOT NULL,
        into_run_id TEXT, PRIMARY KEY (job_id, from_at)
      ) STRICT, WITHOUT ROWID`,
      `CREATE TABLE tickwork_calendars (
        name TEXT PRIMARY KEY, definition TEXT NOT NULL, version TEXT NOT NULL,
        source_kind TEXT NOT NULL, source_id TEXT NOT NULL
      ) STRICT, WITHOUT ROWID`,
      `CREATE TABLE tickwork_nodes (
        id TEXT PRIMARY KEY, name TEXT NOT NULL, host TEXT NOT NULL, pid INTEGER NOT NULL,
        boot_id TEXT NOT NULL, process_start TEXT NOT NULL, version TEXT NOT NULL,
        started_at INTEGER NOT NULL, lease_until INTEGER NOT NULL,
        state TEXT NOT NULL CHECK (state IN ('up', 'left', 'dead')), first INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
      `CREATE TABLE tickwork_runs (
        seq INTEGER PRIMARY KEY,
        id TEXT NOT NULL UNIQUE,
        job_id INTEGER, job_revision INTEGER,
        origin TEXT NOT NULL,
        fire_at INTEGER NOT NULL, start_at INTEGER NOT NULL,
        handler TEXT NOT NULL, priority INTEGER NOT NULL,
        dedupe_key TEXT, coalesced_count INTEGER NOT NULL,
        work_id INTEGER, definition TEXT, input TEXT, parent_id TEXT,
        state TEXT NOT NULL DEFAULT 'PENDING' CHECK (state IN ('PENDING', 'RUNNING', 'RETRY')),
        reason TEXT,
        due_at INTEGER NOT NULL, waiting INTEGER NOT NULL DEFAULT 0,
        node_id TEXT, open INTEGER NOT NULL,
        fence INTEGER NOT NULL DEFAULT 0, attempt INTEGER NOT NULL DEFAULT 0,
        failed_count INTEGER NOT NULL DEFAULT 0, lost_count INTEGER NOT NULL DEFAULT 0,
        cancel_requested INTEGER NOT NULL DEFAULT 0, progress TEXT,
        created_at INTEGER NOT NULL, started_at INTEGER,
        error TEXT, exit_code INTEGER
      ) STRICT`,
      `CREATE INDEX tickwork_runs_open ON tickwork_runs (handler, priority DESC, due_at, id)
        WHERE open = 1`,
      `CREATE INDEX tickwork_runs_node ON tickwork_runs (node_id) WHERE node_id IS NOT NULL`,
      `CREATE INDEX tickwork_runs_job ON tickwork_runs (job_id, fire_at)
        WHERE job_id IS NOT NULL`,
      `CREATE INDEX tickwork_runs_waiting ON tickwork_runs (job_id, fire_at, id)
        WHERE waiting = 1`,
      `CREATE UNIQUE INDEX tickwork_runs_dedupe ON tickwork_runs (dedupe_key)
        WHERE dedupe_key IS NOT NULL`,
      `CREATE TABLE tickwork_history (
        seq INTEGER PRIMARY KEY AUTOINCREMENT,
        id TEXT NOT NULL UNIQUE,
        job_id INTEGER, job_revision INTEGER,
        origin TEXT NOT NULL,
        fire_at INTEGER NOT NULL, start_at INTEGER NOT NULL,
        handler TEXT NOT NULL, priority INTEGER NOT NULL,
        dedupe_key TEXT, coalesced_count INTEGER NOT NULL,
        work_id INTEGER, definition TEXT, input TEXT, parent_id TEXT,
        state TEXT NOT NULL
          CHECK (state IN ('SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED')),
        reason TEXT,
        due_at INTEGER NOT NULL, node_id TEXT,
        fence INTEGER NOT NULL, attempt INTEGER NOT NULL,
        failed_count INTEGER NOT NULL, lost_count INTEGER NOT NULL,
        cancel_requested INTEGER NOT NULL, progress TEXT,
        created_at INTEGER NOT NULL, started_at INTEGER, ended_at INTEGER NOT NULL,
        error TEXT, exit_code INTEGER, result TEXT,
        outcome TEXT
      ) STRICT`,
      `CREATE INDEX tickwork_history_job ON tickwork_history (job_id) WHERE job_id IS NOT NULL`,
      `CREATE INDEX tickwork_history_state ON tickwork_history (state)
        WHERE state <> 'SUCCESS'`,
      `CREATE TABLE tickwork_attempts (
        run_id TEXT NOT NULL, attempt INTEGER NOT NULL, fence INTEGER NOT NULL,
        node_id TEXT NOT NULL, started_at INTEGER NOT NULL, ended_at INTEGER NOT NULL,
        outcome TEXT NOT NULL, error TEXT, exit_code INTEGER,
        PRIMARY KEY (run_id, attempt)
      ) STRICT, WITHOUT ROWID`,
      `CREATE TABLE tickwork_output (
        run_id TEXT NOT NULL, attempt INTEGER NOT NULL, seq INTEGER NOT NULL,
        at INTEGER NOT NULL, stream TEXT NOT NULL, text TEXT NOT NULL,
        PRIMARY KEY (run_id, attempt, seq)
      ) STRICT, WITHOUT ROWID`,
    ],
  },
  {
    version: 2,
    name: 'changes of jobs',
    statements: [
      `CREATE TABLE tickwork_job_changes (
        job_id INTEGER NOT NULL, seq INTEGER NOT NULL,
        at INTEGER NOT NULL, revision INTEGER NOT NULL,
        status TEXT NOT NULL, reason TEXT, paused_until_at INTEGER,
        effective_at INTEGER NOT NULL, cursor_at INTEGER NOT NULL, memory TEXT NOT NULL,
        PRIMARY KEY (job_id, seq)
      ) STRICT, WITHOUT ROWID`,
      // What was in force before this step is not known: it begins where the job stands.
      `INSERT INTO tickwork_job_changes
        SELECT id, 1, cursor_at, revision, status, status_reason, paused_until_at,
          cursor_at, cursor_at, memory
        FROM tickwork_jobs`,
    ],
  },
  {
    version: 3,
    name: 'failures in a row',
    statements: [
      'ALTER TABLE tickwork_jobs ADD COLUMN failures_in_row INTEGER NOT NULL DEFAULT 0',
      'ALTER TABLE tickwork_jobs ADD COLUMN hold_until_at INTEGER',
    ],
  },
  {
    version: 4,
    name: 'runs behind all others of their job',
    statements: [
      `CREATE INDEX tickwork_runs_behind ON tickwork_runs (job_id, fire_at, id)
        WHERE waiting = 2`,
    ],
  },
  {
    version: 5,
    name: 'rests and notes',
    statements: [
      "ALTER TABLE tickwork_jobs ADD COLUMN rests TEXT NOT NULL DEFAULT '[]'",
      'ALTER TABLE tickwork_skips ADD COLUMN note TEXT',
    ],
  },
  {
    version: 6,
    name: 'limits by key',
    statements: [
      // A run that waits has the key; only with a maximum does it stand in a line.
      'ALTER TABLE tickwork_runs ADD COLUMN limit_key TEXT',
      'ALTER TABLE tickwork_runs ADD COLUMN limit_weight INTEGER',
      'ALTER TABLE tickwork_runs ADD COLUMN limit_max INTEGER',
      'ALTER TABLE tickwork_runs ADD COLUMN holds INTEGER NOT NULL DEFAULT 0',
      `CREATE INDEX tickwork_runs_line
        ON tickwork_runs (limit_key, handler, priority DESC, due_at, id)
        WHERE limit_max IS NOT NULL`,
      `CREATE TABLE tickwork_limits (key TEXT PRIMARY KEY, used INTEGER NOT NULL)
        STRICT, WITHOUT ROWID`,
      `CREATE TABLE tickwork_holds (
        run_id TEXT NOT NULL, key TEXT NOT NULL, weight INTEGER NOT NULL,
        PRIMARY KEY (run_id, key)
      ) STRICT, WITHOUT ROWID`,
      `CREATE TABLE tickwork_rates (
        key TEXT PRIMARY KEY, window_at INTEGER NOT NULL, used INTEGER NOT NULL
      ) STRICT, WITHOUT ROWID`,
    ],
  },
  {
    version: 7,
    name: 'retention of failed runs',
    statements: [
      'ALTER TABLE tickwork_jobs ADD COLUMN retention_failed_age_ms INTEGER',
      'ALTER TABLE tickwork_jobs ADD COLUMN retention_failed_runs_max INTEGER',
      'ALTER TABLE tickwork_job_stats ADD COLUMN failed_count INTEGER NOT NULL DEFAULT 0',
      "CREATE INDEX tickwork_history_failed ON tickwork_history (job_id) WHERE state = 'FAILED'",
      `UPDATE tickwork_job_stats SET failed_count = (SELECT count(*) FROM tickwork_history
        WHERE job_id IS nullif(tickwork_job_stats.job_id, 0) AND state = 'FAILED')`,
      // Those of earlier on may go at once, as soon as no run of them is left.
      'ALTER TABLE tickwork_deleted_jobs ADD COLUMN deleted_at INTEGER NOT NULL DEFAULT 0',
    ],
  },
  {
    version: 8,
    name: 'runs that are to stop',
    statements: [
      // A node asks for these each second, and may hold many others.
      `CREATE INDEX tickwork_runs_cancel ON tickwork_runs (node_id, id)
        WHERE cancel_requested = 1`,
    ],
  },
  {
    version: 9,
    name: 'jobs that count from an end, runs of a node by instant',
    statements: [
      // Each end of a run asks for its job here, and the rows of jobs lie far apart.
      `CREATE INDEX tickwork_jobs_rearm ON tickwork_jobs (id)
        WHERE rearm_after_ms IS NOT NULL`,
      // A node asks for what it holds and is due, and may hold much that is not.
      'DROP INDEX tickwork_runs_node',
      `CREATE INDEX tickwork_runs_node ON tickwork_runs (node_id, due_at)
        WHERE node_id IS NOT NULL`,
    ],
  },
  {
    version: 10,
    name: 'names of the glossary',
    statements: [
      'ALTER TABLE tickwork_jobs RENAME COLUMN rests TO skip_windows',
      'ALTER TABLE tickwork_works RENAME TO tickwork_shared_definitions',
    ],
  },
  {
    version: 11,
    name: 'deduplication keys by task',
    statements: [
      'DROP INDEX tickwork_runs_dedupe',
      `CREATE UNIQUE INDEX tickwork_runs_dedupe ON tickwork_runs (dedupe_key, handler)
        WHERE dedupe_key IS NOT NULL`,
    ],
  },
  {
    version: 12,
    name: 'texts that cannot be read',
    statements: [
      `CREATE TABLE tickwork_set_aside (
        id INTEGER PRIMARY KEY, at INTEGER NOT NULL,
        job_name TEXT, run_id TEXT, message TEXT NOT NULL, text TEXT NOT NULL
      ) STRICT`,
    ],
  },
];

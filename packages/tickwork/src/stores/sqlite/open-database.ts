import { DatabaseSync } from 'node:sqlite';
import {
  type AppliedMigration,
  checksumOf,
  type Migration,
  missingMigrations,
} from '../sql/migration.ts';
import { Database } from './database.ts';
import { prepareFile } from './prepare-file.ts';
import { migrations } from './schema.ts';
import { translateError } from './translate-error.ts';

export interface OpenOptions {
  readonly path: string;
  readonly durable: boolean;
  readonly pagesMax: number | null;
  readonly nowAt: number;
}

/** Waiting for a lock stops the event loop; longer waits are done by timers instead. */
const BUSY_TIMEOUT_MS = 20;
/** Another process may be migrating, or recovering after a crash. */
const OPEN_TIMEOUT_MS = 10_000;
/** Holds the hot pages of a long queue; the default of 2 MiB does not. */
const CACHE_KIB = 32 * 1024;
const WAL_BYTES_MAX = 160 * 1024 * 1024;
/** Pages between checkpoints: 16 MiB of log, few syncs of the main file. */
const CHECKPOINT_PAGES = 4000;
/** While a thread copies from the log, little is left to do here, but to begin it anew. */
const CHECKPOINT_PAGES_COPYING = 32_000;

/** Opens a file, makes it if there is none, and brings its schema up to date. */
export function openDatabase(options: OpenOptions): Database {
  prepareFile(options.path);
  let database: Database | null = null;
  try {
    database = new Database(new DatabaseSync(options.path, { timeout: OPEN_TIMEOUT_MS }));
    database.exec('PRAGMA journal_mode = WAL');
    database.exec(`PRAGMA synchronous = ${options.durable ? 'FULL' : 'NORMAL'}`);
    database.exec('PRAGMA foreign_keys = OFF');
    database.exec(`PRAGMA cache_size = -${CACHE_KIB}`);
    database.exec(`PRAGMA journal_size_limit = ${WAL_BYTES_MAX}`);
    limitLog(database, false);
    if (options.pagesMax !== null) database.exec(`PRAGMA max_page_count = ${options.pagesMax}`);
    migrate(database, options);
    database.exec(`PRAGMA busy_timeout = ${BUSY_TIMEOUT_MS}`);
    return database;
  } catch (error) {
    database?.close();
    throw translateError(error, options.path);
  }
}

/** How long the log may become before the connection that writes copies from it itself. */
export function limitLog(database: Database, copying: boolean): void {
  const pages = copying ? CHECKPOINT_PAGES_COPYING : CHECKPOINT_PAGES;
  database.exec(`PRAGMA wal_autocheckpoint = ${pages}`);
}

function migrate(database: Database, options: OpenOptions): void {
  if (missing(database, options).length === 0) return;
  database.exec('BEGIN IMMEDIATE');
  try {
    database.exec(`CREATE TABLE IF NOT EXISTS tickwork_migrations (
      version INTEGER PRIMARY KEY, name TEXT NOT NULL, checksum TEXT NOT NULL,
      applied_at INTEGER NOT NULL) STRICT`);
    // Another process may have been faster; under the lock the answer is final.
    for (const step of missing(database, options)) {
      for (const statement of step.statements) database.exec(statement);
      database.run(
        'INSERT INTO tickwork_migrations (version, name, checksum, applied_at) VALUES (?, ?, ?, ?)',
        step.version,
        step.name,
        checksumOf(step),
        options.nowAt,
      );
    }
    database.exec('COMMIT');
  } catch (error) {
    if (database.isInTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function missing(database: Database, options: OpenOptions): readonly Migration[] {
  const known = database.get<{ found: number }>(
    "SELECT count(*) AS found FROM sqlite_schema WHERE name = 'tickwork_migrations'",
  );
  if (known?.found === 0) return migrations;
  const applied = database.all<AppliedMigration>(
    'SELECT version, name, checksum FROM tickwork_migrations ORDER BY version',
  );
  return missingMigrations(migrations, applied, options.path);
}

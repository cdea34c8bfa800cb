import { DatabaseSync } from 'node:sqlite';
import type { JobWrite } from '../packages/tickwork/src/core/ports/job-store.ts';
import {
  writtenJobColumns,
  writtenJobValues,
} from '../packages/tickwork/src/stores/sql/job-row.ts';
import { createSqliteStore } from '../packages/tickwork/src/stores/sqlite/index.ts';

/**
 * Jobs a second of a bare loop: the rows that a new job has, into the same tables with the same
 * indexes and durable settings, one transaction a batch. What SQLite gives for registration.
 */
export async function rawRegister(
  path: string,
  batches: Iterable<readonly JobWrite[]>,
): Promise<number> {
  await (await createSqliteStore({ path })).close();
  const raw = new DatabaseSync(path);
  raw.exec('PRAGMA synchronous = FULL; PRAGMA cache_size = -32768');
  raw.exec('PRAGMA wal_autocheckpoint = 4000');
  const job = raw.prepare(
    `INSERT INTO tickwork_jobs (name, revision, created_at, ${writtenJobColumns.join(', ')})
    VALUES (?, 1, ?, ${writtenJobColumns.map(() => '?').join(', ')})`,
  );
  const revision = raw.prepare('INSERT INTO tickwork_job_revisions VALUES (?, 1, ?)');
  const change = raw.prepare(
    `INSERT INTO tickwork_job_changes (job_id, seq, at, revision, status, effective_at,
      cursor_at, memory) VALUES (?, 1, ?, 1, ?, ?, ?, ?)`,
  );
  let jobs = 0;
  const startedMs = performance.now();
  for (const writes of batches) {
    raw.exec('BEGIN IMMEDIATE');
    for (const write of writes) {
      const { at, effectiveAt, position, status } = write;
      const { lastInsertRowid } = job.run(write.name, at, ...writtenJobValues(write));
      revision.run(lastInsertRowid, JSON.stringify(write.definition));
      const memory = JSON.stringify(position.memory);
      change.run(lastInsertRowid, at, status, effectiveAt, position.cursorAt, memory);
    }
    raw.exec('COMMIT');
    jobs += writes.length;
  }
  const perSecond = (jobs * 1000) / (performance.now() - startedMs);
  raw.close();
  return perSecond;
}

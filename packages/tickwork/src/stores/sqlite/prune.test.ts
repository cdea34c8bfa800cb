import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { T0 } from '@tickwork/verify/conformance/store-fixtures.ts';
import { expect, it } from 'vitest';
import { createSqliteStore } from './index.ts';

it('gives the event loop its turn between the jobs that retention looks at', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tickwork-prune-'));
  const path = join(directory, 'store.db');
  const store = await createSqliteStore({ path, durable: false, now: () => T0 });
  const raw = new DatabaseSync(path);
  raw.exec(`INSERT INTO tickwork_job_stats (job_id, success_count, failure_count,
      cancelled_count, skipped_count, duration_ms_total, history_count)
    WITH RECURSIVE ids (id) AS (VALUES (1) UNION ALL SELECT id + 1 FROM ids WHERE id < 10000)
    SELECT id, 0, 0, 0, 0, 0, 0 FROM ids`);
  raw.close();
  let turns = 0;
  let over = false;
  const turn = (): void => {
    turns++;
    if (!over) setImmediate(turn);
  };
  setImmediate(turn);
  await store.pruneRuns({ now: T0, limit: 100, defaults: { ageMs: 1000, runsMax: 9 } });
  over = true;
  await store.close();
  rmSync(directory, { recursive: true });
  expect(turns).toBeGreaterThanOrEqual(10);
});

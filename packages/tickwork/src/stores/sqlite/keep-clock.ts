import type { Instant } from '../../core/time/instant.ts';
import { boundedClock, leadsTooFar } from '../../core/time/kept-clock.ts';
import type { Database } from './database.ts';

/** The latest kept instant that was not believed; what was planned under it is still there. */
const AHEAD = 'clock_ahead';

export function readKeptClock(database: Database): Instant {
  return readInstant(database, 'clock') ?? 0;
}

/** `null` = there was none, or it has been repaired or reached since. */
export function readDisbelieved(database: Database, systemNow: Instant): Instant | null {
  const keptAt = readKeptClock(database);
  if (leadsTooFar(systemNow, keptAt)) return keptAt;
  const aheadAt = readInstant(database, AHEAD);
  return aheadAt !== null && aheadAt > systemNow ? aheadAt : null;
}

/** Keeps `at`, never going back, unless what is kept leads too far to be believed. */
export function keepClock(database: Database, at: Instant): void {
  const keptAt = readKeptClock(database);
  if (leadsTooFar(at, keptAt)) {
    database.run(
      `INSERT INTO tickwork_meta (name, value) VALUES (?1, ?2)
      ON CONFLICT (name) DO UPDATE SET value = max(value, ?2)`,
      AHEAD,
      keptAt,
    );
  }
  const next = boundedClock(at, keptAt);
  database.run("UPDATE tickwork_meta SET value = ? WHERE name = 'clock'", next);
}

/** Forgets every later instant. */
export function resetClock(database: Database, at: Instant): void {
  database.run("UPDATE tickwork_meta SET value = ? WHERE name = 'clock'", at);
  database.run('DELETE FROM tickwork_meta WHERE name = ?', AHEAD);
}

function readInstant(database: Database, name: string): Instant | null {
  const text = 'SELECT value FROM tickwork_meta WHERE name = ?';
  return database.get<{ value: number }>(text, name)?.value ?? null;
}

import type { TriggerMemory } from '../../../core/model/trigger-memory.ts';
import { DAY_MS } from '../../../core/time/civil.ts';
import type { Instant } from '../../../core/time/instant.ts';
import type { Database } from '../database.ts';
import { readDisbelieved, resetClock } from '../keep-clock.ts';
import { damage, type Finding } from './finding.ts';

/** Plans reach a few seconds ahead: a cursor beyond this was moved by a clock that was wrong. */
const CURSOR_LEAD_MS_MAX = 60_000;
const LEASE_LEAD_MS_MAX = DAY_MS;

/**
 * A start at a wrong date leaves instants of the future: jobs that were planned up to there, and
 * runs of then. The clock itself is put right by the next write, see `boundedClock`.
 */
export function findClockFaults(database: Database, systemNow: Instant): Finding[] {
  const aheadAt = readDisbelieved(database, systemNow);
  if (aheadAt === null) return [];
  const jobs = database.get<{ n: number }>(
    'SELECT count(*) AS n FROM tickwork_jobs WHERE cursor_at > ?',
    systemNow + CURSOR_LEAD_MS_MAX,
  );
  const runs = database.get<{ n: number }>(
    `SELECT count(*) AS n FROM tickwork_runs WHERE ${plannedAhead}`,
    systemNow + CURSOR_LEAD_MS_MAX,
  );
  const [jobCount, runCount] = [jobs?.n ?? 0, runs?.n ?? 0];
  const message =
    `An engine ran here when the clock showed ${textOf(aheadAt)}, and it shows ` +
    `${textOf(systemNow)} now. ${jobCount} jobs are planned up to then and run nothing before.`;
  const repair =
    `Sets the kept clock to now; lets ${jobCount} jobs go on from the last instant that they ` +
    `had before, by their misfire policy, or from now; removes ${runCount} runs that were ` +
    'planned for later than now. What ran under the wrong clock stays in the history.';
  return [damage(message, {}, { repair, mend: () => mendClock(database, systemNow) })];
}

/** Runs of jobs that were planned by a wrong clock and have not begun. */
const plannedAhead = "job_id IS NOT NULL AND state = 'PENDING' AND fire_at > ?";

function mendClock(database: Database, now: Instant): void {
  const limitAt = now + CURSOR_LEAD_MS_MAX;
  database.run(`DELETE FROM tickwork_runs WHERE ${plannedAhead}`, limitAt);
  const jobs = database.all<{ id: number; memory: string }>(
    'SELECT id, memory FROM tickwork_jobs WHERE cursor_at > ?',
    limitAt,
  );
  for (const job of jobs) mendJob(database, job, now);
  // What was enqueued or tried under the wrong clock keeps its distance from that.
  database.run(
    `UPDATE tickwork_runs SET due_at = ?1 + max(0, due_at - max(created_at, ifnull(started_at, 0))),
      start_at = ?1, created_at = ?1 WHERE created_at > ?2 OR ifnull(started_at, 0) > ?2`,
    now,
    limitAt,
  );
  database.run(
    'UPDATE tickwork_nodes SET lease_until = ?1 WHERE lease_until > ?2',
    now,
    now + LEASE_LEAD_MS_MAX,
  );
  resetClock(database, now);
}

/** The job stands where it stood before the wrong clock: at the first range that it left out. */
function mendJob(database: Database, job: { id: number; memory: string }, now: Instant): void {
  const range = database.get<{ at: number | null }>(
    'SELECT min(from_at) AS at FROM tickwork_skips WHERE job_id = ? AND to_at > ?',
    job.id,
    now,
  );
  const cursorAt = Math.min(now, (range?.at ?? now + 1) - 1);
  database.run('DELETE FROM tickwork_skips WHERE job_id = ? AND to_at > ?', job.id, now);
  database.run(
    `UPDATE tickwork_jobs SET cursor_at = ?1, next_fire_at = ?2, memory = ?3,
      effective_at = min(effective_at, ?1), hold_until_at = NULL,
      ended_at = CASE WHEN ended_at > ?2 THEN ?2 ELSE ended_at END
    WHERE id = ?4`,
    cursorAt,
    now,
    JSON.stringify(memoryBefore(JSON.parse(job.memory) as TriggerMemory, now)),
    job.id,
  );
}

/** Without what lies later than `now`. */
function memoryBefore(memory: TriggerMemory, now: Instant): TriggerMemory {
  const { passedAt, ...rest } = memory;
  const members = Object.entries(memory.members).filter(([, at]) => at <= now);
  return {
    ...rest,
    ...(passedAt === undefined || passedAt > now ? {} : { passedAt }),
    anchorAt: Math.min(memory.anchorAt, now),
    previousAt: memory.previousAt === null || memory.previousAt > now ? null : memory.previousAt,
    members: Object.fromEntries(members),
  };
}

function textOf(at: Instant): string {
  return new Date(at).toISOString();
}

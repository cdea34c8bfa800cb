import type { RunOrigin } from '../../core/model/run.ts';
import type { StartOutcome, StartRequest } from '../../core/ports/run-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import type { Session } from './session.ts';

type Request = StartRequest & { readonly attemptBefore: number };

/** Fewer are started one by one. */
const TOGETHER_MIN = 2;

type ReservedRow = readonly [
  place: number,
  seq: number,
  id: string,
  jobId: number | null,
  origin: RunOrigin,
  fence: number,
  attempt: number,
];

/**
 * Starts by one statement what nothing can stand in the way of, inside a transaction: reserved
 * runs that were never put off, that ask for no room and no hold, each the only one of its job
 * that is to start, runs or waits. What has no outcome in the answer is to be looked at by
 * itself; the order does not matter to these, as no two of them are of one job.
 */
export function startTogether(
  session: Session,
  nodeId: string,
  requests: readonly Request[],
  at: Instant,
): (StartOutcome | undefined)[] {
  const outcomes: (StartOutcome | undefined)[] = requests.map(() => undefined);
  if (requests.length < TOGETHER_MIN) return outcomes;
  const seqs: number[] = [];
  for (const row of readReserved(session, nodeId, requests)) {
    const [place, seq, id, jobId, origin, fence, attempt] = row;
    const request = requests[place];
    if (request === undefined || asksForMore(request)) continue;
    if (request.attemptBefore !== attempt) continue;
    seqs.push(seq);
    session.starts.add(id, { seq, jobId, origin });
    outcomes[place] = { outcome: 'started', fence: fence + 1, attempt: attempt + 1 };
  }
  if (seqs.length > 0) {
    session.database.run(
      `UPDATE OR FAIL tickwork_runs SET state = 'RUNNING', reason = NULL, progress = NULL,
        fence = fence + 1, attempt = attempt + 1, started_at = max(?1, due_at)
      WHERE seq IN (SELECT value FROM json_each(?2))`,
      at,
      `[${seqs.join(',')}]`,
    );
  }
  return outcomes;
}

function asksForMore(request: Request): boolean {
  const slots = request.slots?.length ?? 0;
  return slots > 0 || request.rate !== undefined || request.holdable === true;
}

/** Those that wait for nothing, and behind which nothing of their job waits or runs. */
function readReserved(
  session: Session,
  nodeId: string,
  requests: readonly Request[],
): ReservedRow[] {
  const rows = session.database.rows<ReservedRow>(
    `SELECT asked.key, r.seq, r.id, r.job_id, r.origin, r.fence, r.attempt
    FROM json_each(?) AS asked CROSS JOIN tickwork_runs AS r ON r.id = asked.value
    WHERE r.node_id = ? AND r.state = 'PENDING' AND r.waiting = 0
      AND r.limit_key IS NULL AND r.limit_max IS NULL AND r.holds = 0
      AND (r.job_id IS NULL OR NOT EXISTS (
        SELECT 1 FROM tickwork_runs AS o WHERE o.job_id = r.job_id AND o.seq <> r.seq
          AND (o.state <> 'PENDING' OR o.waiting <> 0 OR o.limit_key IS NOT NULL)))`,
    JSON.stringify(requests.map(({ runId }) => runId)),
    nodeId,
  );
  // Of several of one job, and of one that is asked for twice, the order decides.
  const counts = new Map<number | string, number>();
  for (const row of rows) counts.set(row[3] ?? row[2], (counts.get(row[3] ?? row[2]) ?? 0) + 1);
  return rows.filter((row) => counts.get(row[3] ?? row[2]) === 1);
}

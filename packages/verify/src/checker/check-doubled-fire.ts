import { clockSetBack, readingAgeMs } from './clock-set-back.ts';
import type { CheckedJob } from './expected.ts';
import { firstStarts, isScheduled } from './job-index.ts';
import type { Ledger } from './ledger.ts';
import { showInstant, type Violation } from './violation.ts';

/**
 * doubled fire: one due instant, or one manual request, has two runs. Also found without
 * looking at keys: each start takes the earliest due instant that is not later and not yet
 * taken; a start for which none is left is one too many, whatever it is stamped with.
 */
export function checkDoubledFires(ledger: Ledger, jobs: readonly CheckedJob[]): Violation[] {
  return jobs.flatMap((job) => [
    ...sameInstant(job, ledger),
    ...sameRequest(job),
    ...keyBlind(job, ledger),
  ]);
}

function sameInstant(job: CheckedJob, ledger: Ledger): Violation[] {
  const runIds = new Map<number, Set<string>>();
  const add = (fireAt: number, runId: string): void => {
    const known = runIds.get(fireAt);
    if (known === undefined) runIds.set(fireAt, new Set([runId]));
    else known.add(runId);
  };
  for (const row of job.record.rows) if (row.origin === 'schedule') add(row.fireAt, row.id);
  for (const attempt of job.record.attempts) {
    if (isScheduled(attempt.runId, ledger.rows.get(attempt.runId)))
      add(attempt.fireAt, attempt.runId);
  }
  const violations: Violation[] = [];
  for (const [fireAt, ids] of runIds) {
    if (ids.size < 2) continue;
    const list = [...ids];
    violations.push({
      verdict: 'doubled-fire',
      text:
        `job ${job.record.sched} has ${list.length} runs for ${showInstant(fireAt)}: ` +
        list.join(', '),
      sched: job.record.sched,
      runId: list[1] ?? null,
      facts: { fireAt, runIds: list },
    });
  }
  return violations;
}

function sameRequest(job: CheckedJob): Violation[] {
  const violations: Violation[] = [];
  const runByRequest = new Map<string, string>();
  for (const operation of job.record.operations) {
    if (operation.f !== 'trigger' || operation.requestId === null || operation.runId === null)
      continue;
    const known = runByRequest.get(operation.requestId);
    if (known !== undefined && known !== operation.runId) {
      violations.push({
        verdict: 'doubled-fire',
        text:
          `request ${operation.requestId} of ${job.record.sched} made ${known} ` +
          `and ${operation.runId}`,
        sched: job.record.sched,
        runId: operation.runId,
        facts: { requestId: operation.requestId },
      });
    }
    runByRequest.set(operation.requestId, operation.runId);
  }
  const manual = job.record.rows.filter((row) => row.origin === 'manual').length;
  const requests = new Set(
    job.record.operations.filter((each) => each.f === 'trigger').map((each) => each.requestId),
  ).size;
  if (manual > requests) {
    violations.push({
      verdict: 'doubled-fire',
      text: `job ${job.record.sched} has ${manual} manual runs for ${requests} requests`,
      sched: job.record.sched,
      runId: null,
      facts: { manual, requests },
    });
  }
  return violations;
}

function keyBlind(job: CheckedJob, ledger: Ledger): Violation[] {
  if (!job.expected.known) return [];
  const due = [...new Set([...job.expected.must, ...job.expected.may])].sort((a, b) => a - b);
  let taken = 0;
  for (const start of firstStarts(job.record)) {
    if (!isScheduled(start.runId, ledger.rows.get(start.runId))) continue;
    const ahead = clockSetBack(start, ledger) ? readingAgeMs(start, ledger) : 0;
    const shown = ledger.clock.at(start.startAt) + ahead;
    const instant = due[taken];
    if (instant !== undefined && instant <= shown) {
      taken += 1;
      continue;
    }
    return [
      {
        verdict: 'doubled-fire',
        text:
          `job ${job.record.sched} started ${showInstant(start.startAt)} (run ${start.runId}) ` +
          `although only ${taken} instants had come and all had started`,
        sched: job.record.sched,
        runId: start.runId,
        facts: { startAt: start.startAt, due: taken, next: instant ?? null },
      },
    ];
  }
  return [];
}

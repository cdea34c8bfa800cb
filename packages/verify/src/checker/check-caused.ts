import type { RunState } from '../../../tickwork/src/core/model/run-state.ts';
import type { AfterSpec } from '../../../tickwork/src/core/model/trigger-spec.ts';
import type { RunDump } from '../history/history.ts';
import type { CheckedJob } from './expected.ts';
import type { Ledger } from './ledger.ts';
import { showInstant, type VerdictName, type Violation } from './violation.ts';

/** Nodes learn of new and changed jobs within this, faults and all. */
const KNOWN_AFTER_MS = 180_000;

/**
 * Jobs that run after others have as many runs as the others have ends of the wanted kind:
 * one run for each, none without.
 */
export function checkCaused(ledger: Ledger, jobs: readonly CheckedJob[]): Violation[] {
  if (!ledger.dumped) return [];
  return jobs.flatMap((job) => [...missing(job, jobs, ledger), ...unwanted(job, ledger)]);
}

function missing(job: CheckedJob, jobs: readonly CheckedJob[], ledger: Ledger): Violation[] {
  const caused = new Set(job.record.rows.map((row) => row.parentId));
  const violations: Violation[] = [];
  for (const phase of job.timeline.phases) {
    const { trigger } = phase.definition;
    if (trigger.kind !== 'after' || phase.state !== 'active') continue;
    const until = Math.min(phase.toAt, job.judgedUntil);
    for (const parent of jobs) {
      if (!trigger.jobs.includes(parent.record.sched)) continue;
      for (const row of parent.record.rows) {
        if (row.endedAt === null || row.endedAt < phase.fromAt + KNOWN_AFTER_MS) continue;
        if (row.endedAt < job.retainedFrom) continue;
        if (row.endedAt > until || caused.has(row.id) || !endsOf(trigger.on, row.state)) continue;
        // Cancelled before it began: no attempt has ended.
        if (!ledger.attemptsByRun.has(row.id) || row.state === 'CANCELLED') continue;
        violations.push(violationOf('missed', job, row, 'caused no run'));
      }
    }
  }
  return violations;
}

function unwanted(job: CheckedJob, ledger: Ledger): Violation[] {
  const violations: Violation[] = [];
  const causes = new Set<string>();
  for (const row of job.record.rows) {
    if (row.origin !== 'after' || row.parentId === null) continue;
    const trigger = job.record.definitions.get(row.jobRevision ?? 0)?.trigger;
    const parent = ledger.rows.get(row.parentId);
    if (causes.has(row.parentId)) {
      violations.push(violationOf('doubled-fire', job, row, 'is a second run for one end'));
    }
    causes.add(row.parentId);
    if (trigger?.kind !== 'after' || parent === undefined) continue;
    if (endsOf(trigger.on, parent.state)) continue;
    const why = `was caused by a run that is ${parent.state}, and not for ${trigger.on}`;
    violations.push(violationOf('extra', job, row, why));
  }
  return violations;
}

function endsOf(on: AfterSpec['on'], state: RunState): boolean {
  if (on === 'success') return state === 'SUCCESS';
  if (on === 'failure') return state === 'FAILED';
  return state === 'SUCCESS' || state === 'FAILED' || state === 'CANCELLED';
}

function violationOf(verdict: VerdictName, job: CheckedJob, row: RunDump, why: string): Violation {
  return {
    verdict,
    text: `job ${job.record.sched}: run ${row.id} (${showInstant(row.fireAt)}) ${why}`,
    sched: job.record.sched,
    runId: row.id,
    facts: { state: row.state, endedAt: row.endedAt, parentId: row.parentId },
  };
}

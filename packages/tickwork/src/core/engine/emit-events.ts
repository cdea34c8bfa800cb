import { closestWord } from '../base/closest-word.ts';
import type { Handlers } from '../dispatcher/handlers.ts';
import type { Emitter } from '../events/emitter.ts';
import type { RunningAttempt, StartedRun } from '../executor/running-attempt.ts';
import type { JobState } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import type { PlanWrite } from '../ports/job-store.ts';
import type { Logger } from '../ports/logger.ts';
import type { Completion, Settlement } from '../ports/run-store.ts';

/* How what the stages did is told as events of the catalogue; used as `tell.started(…)`. */

export function planned(emitter: Emitter, job: JobState, write: PlanWrite): void {
  if (write.runs.length > 0) {
    emitter.emit('run.planned', { jobName: job.name, count: write.runs.length });
  }
  for (const { fromAt, count, reason } of write.skips) {
    const fact = { runId: '', jobName: job.name, fireAt: fromAt, reason, count };
    emitter.emit('run.skipped', fact);
  }
}

/** A due run waits: this node has no handler for it, and no other has taken it. */
export function unhandled(
  to: { readonly emitter: Emitter; readonly handlers: Handlers; readonly logger: Logger },
  { id, handler, jobName }: Run,
): void {
  const known = [...to.handlers.of('function'), ...to.handlers.of('external')];
  const meant = closestWord(handler, known);
  const hint = meant === null ? {} : { meant };
  const words = `${jobName ?? 'a run'} waits: no handler`;
  to.logger.log('warn', words, { handler, run: id, ...hint });
  to.emitter.emit('job.no-handler', { handler, jobName });
}

export function started(emitter: Emitter, { started, startedAt }: RunningAttempt): void {
  if (!emitter.hears('run.started')) return;
  const { run, attempt, fence } = started;
  emitter.emit('run.started', {
    runId: run.id,
    jobName: run.jobName,
    fireAt: run.fireAt,
    attempt,
    fence,
    handler: run.handler,
    origin: run.origin,
    latenessMs: startedAt - run.dueAt,
  });
}

export function finished(
  emitter: Emitter,
  run: Run,
  attempt: number,
  completion: Completion,
): void {
  if (!emitter.hears('run.finished')) return;
  emitter.emit('run.finished', {
    runId: run.id,
    jobName: run.jobName,
    fireAt: run.fireAt,
    attempt,
    fence: completion.fence,
    state: completion.state,
    reason: completion.reason,
    durationMs: completion.endedAt - completion.startedAt,
    error: completion.error,
    dueAt: completion.dueAt,
  });
}

export function skipped(emitter: Emitter, run: Run, settlement: Settlement): void {
  if (settlement.to !== 'SKIPPED') return;
  const { jobName, fireAt } = run;
  const fact = { runId: run.id, jobName, fireAt, reason: settlement.reason, count: 1 };
  emitter.emit('run.skipped', fact);
}

export function refused(emitter: Emitter, completion: Completion): void {
  const { runId, fence, endedAt } = completion;
  emitter.emit('run.refused', { runId, jobName: null, fireAt: endedAt, fence });
}

export function abandoned(emitter: Emitter, started: StartedRun): void {
  const { run, attempt } = started;
  const { jobName, fireAt } = run;
  emitter.emit('run.abandoned', { runId: run.id, jobName, fireAt, attempt });
}

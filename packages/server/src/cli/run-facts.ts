import type { Scheduler, TickworkEvent } from 'tickwork';
import { formatLength } from './instants.ts';
import type { RunLog } from './run-log.ts';

/** Writes a line for every fact of a running scheduler. Returns the function that ends it. */
export function logFacts(scheduler: Scheduler, log: RunLog): () => void {
  const endings = [
    scheduler.on('run.started', (event) => {
      log.log('info', `${nameOf(event)} started`, {
        run: event.runId,
        attempt: event.attempt,
        latenessMs: Math.round(event.latenessMs),
      });
    }),
    scheduler.on('run.finished', (event) => logEnd(event, log)),
    scheduler.on('run.skipped', (event) => {
      const fields = { run: event.runId, reason: event.reason, count: event.count };
      log.log('warn', `${nameOf(event)} skipped`, fields);
    }),
    scheduler.on('run.refused', (event) => {
      log.log('warn', `${nameOf(event)}: a late result was refused`, { run: event.runId });
    }),
    scheduler.on('run.abandoned', (event) => {
      log.log('error', `${nameOf(event)} goes on although it was stopped`, { run: event.runId });
    }),
    scheduler.on('job.status', ({ jobName, status, reason }) => {
      log.log('info', `${jobName} is ${status}`, reason === null ? {} : { reason });
    }),
    scheduler.on('node.lost', ({ nodeId, self }) => {
      log.log('warn', self ? 'this node lost its lease' : 'a node is gone', { node: nodeId });
    }),
    scheduler.on('clock.step', ({ stepMs }) => log.log('warn', 'the clock jumped', { stepMs })),
  ];
  return () => {
    for (const end of endings) end();
  };
}

function logEnd(event: TickworkEvent<'run.finished'>, log: RunLog): void {
  const name = nameOf(event);
  const run = { run: event.runId, attempt: event.attempt };
  const error = event.error === null ? {} : { error: event.error };
  const reason = event.reason === null ? '' : ` (${event.reason})`;
  if (event.state === 'SUCCESS') {
    log.log('info', `${name} succeeded in ${formatLength(event.durationMs)}`, run);
  } else if (event.state === 'RETRY') {
    const waitMs = (event.dueAt ?? event.at) - event.at;
    const wait = waitMs > 0 ? `, again in ${formatLength(waitMs)}` : ', again at once';
    log.log('warn', `${name} failed${reason}${wait}`, { ...run, ...error });
  } else {
    const level = event.state === 'FAILED' ? 'error' : 'warn';
    log.log(level, `${name} ${event.state.toLowerCase()}${reason}`, { ...run, ...error });
  }
}

function nameOf(event: { readonly jobName: string | null; readonly runId: string }): string {
  return event.jobName ?? event.runId;
}

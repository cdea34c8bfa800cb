import type { Run } from '../../core/model/run.ts';
import { parseRunPlace, printRunPlace, type RunPlace } from '../../core/model/run-place.ts';
import type { RunFilter, RunPage } from '../../core/ports/run-store.ts';
import type { MemoryState } from './memory-state.ts';

interface Placed {
  readonly run: Run;
  readonly seq: number;
}

/** Live runs, the last stored first, then finished ones, the last ended first. */
export function listRuns(
  state: MemoryState,
  filter: RunFilter,
  page: { readonly after: string | null; readonly limit: number },
): RunPage {
  const after = page.after === null ? null : parseRunPlace(page.after);
  const runs: Run[] = [];
  let last: RunPlace | null = null;
  const parts: readonly { part: RunPlace['part']; items: readonly Placed[] }[] = [
    { part: 'live', items: after?.part === 'finished' ? [] : liveRuns(state) },
    { part: 'finished', items: state.finished.newestFirst(filter.jobId) },
  ];
  for (const { part, items } of parts) {
    for (const { run, seq } of items) {
      if (after?.part === part && seq >= after.seq) continue;
      if (!matches(run, filter)) continue;
      if (runs.length >= page.limit) {
        return { runs, next: last === null ? page.after : printRunPlace(last) };
      }
      runs.push(run);
      last = { part, seq };
    }
  }
  return { runs, next: null };
}

function liveRuns(state: MemoryState): Placed[] {
  return [...state.live.byId.values()].reverse();
}

function matches(run: Run, filter: RunFilter): boolean {
  return (
    (filter.jobId === undefined || run.jobId === filter.jobId) &&
    (filter.jobName === undefined || run.jobName === filter.jobName) &&
    (filter.states === undefined || filter.states.includes(run.state)) &&
    (filter.origin === undefined || run.origin === filter.origin) &&
    (filter.handler === undefined || run.handler === filter.handler) &&
    (filter.fromAt === undefined || run.fireAt >= filter.fromAt) &&
    (filter.toAt === undefined || run.fireAt < filter.toAt)
  );
}

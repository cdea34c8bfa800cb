import { TickworkError } from '../../core/model/errors.ts';
import type { Run } from '../../core/model/run.ts';
import type { RunFilter, RunPage } from '../../core/ports/run-store.ts';
import { compareText } from './compare-text.ts';
import { byFireAt } from './live-runs.ts';
import type { MemoryState } from './memory-state.ts';

/** Where a page ended: at a live run, or at the end with this number. */
type Place = { readonly fireAt: number; readonly id: string } | { readonly seq: number };

/** Live runs with the latest `fireAt` first, then finished ones with the last ended first. */
export function listRuns(
  state: MemoryState,
  filter: RunFilter,
  page: { readonly after: string | null; readonly limit: number },
): RunPage {
  const after = page.after === null ? null : parsePlace(page.after);
  const runs: Run[] = [];
  let last: Place | null = null;
  if (after === null || !('seq' in after)) {
    for (const { run } of [...state.live.byId.values()].sort((a, b) => byFireAt(b, a))) {
      if (after !== null && !isBefore(run, after)) continue;
      if (!matches(run, filter)) continue;
      if (runs.length === page.limit) return { runs, next: printPlace(last) };
      runs.push(run);
      last = { fireAt: run.fireAt, id: run.id };
    }
  }
  for (const { run, seq } of state.finished.newestFirst(filter.jobId)) {
    if (after !== null && 'seq' in after && seq >= after.seq) continue;
    if (!matches(run, filter)) continue;
    if (runs.length === page.limit) return { runs, next: printPlace(last) };
    runs.push(run);
    last = { seq };
  }
  return { runs, next: null };
}

function isBefore(run: Run, place: { readonly fireAt: number; readonly id: string }): boolean {
  return (
    run.fireAt < place.fireAt || (run.fireAt === place.fireAt && compareText(run.id, place.id) < 0)
  );
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

function printPlace(place: Place | null): string | null {
  if (place === null) return null;
  return 'seq' in place ? `f:${place.seq}` : `l:${place.fireAt}:${place.id}`;
}

function parsePlace(text: string): Place {
  const finished = /^f:(\d{1,15})$/.exec(text);
  if (finished !== null) return { seq: Number(finished[1]) };
  const live = /^l:(-?\d{1,15}):(.+)$/s.exec(text);
  if (live !== null) return { fireAt: Number(live[1]), id: live[2] ?? '' };
  throw new TickworkError('INVALID_INPUT', {
    field: 'after',
    value: text,
    reason: 'this is no place in a list of runs.',
    remedy: 'Pass `next` of the page before, or null for the first page.',
  });
}

import { decideRate } from '../../../tickwork/src/core/model/limit.ts';
import type { StartOutcome, StartRequest } from '../../../tickwork/src/core/ports/run-store.ts';
import type { Instant } from '../../../tickwork/src/core/time/instant.ts';
import { compare, liveRuns, type ModelRun, type StoreModel } from './store-model.ts';

/** Takes room for a start; or lets the run wait, and answers so. */
export function enterLimits(
  model: StoreModel,
  found: ModelRun,
  request: StartRequest,
  at: Instant,
): StartOutcome | null {
  const { run } = found;
  const full = (request.slots ?? []).find(
    (slot) => usedOf(model, slot.key) + slot.weight > slot.max,
  );
  if (full !== undefined) {
    found.line = full;
    Object.assign(run, { nodeId: null, waiting: false, limitKey: full.key, reason: 'concurrency' });
    return { outcome: 'limited', key: full.key };
  }
  const { rate } = request;
  if (rate !== undefined) {
    const bookedAt = run.reason === 'rate' && run.limitKey === rate.key ? run.dueAt : null;
    const { key } = rate;
    const { startAt, window } = decideRate(rate, model.rates.get(key) ?? null, at, bookedAt);
    model.rates.set(key, window);
    if (startAt > at) {
      found.line = null;
      const released = { nodeId: null, waiting: false };
      Object.assign(run, { ...released, limitKey: key, reason: 'rate', dueAt: startAt });
      return { outcome: 'delayed', key, untilAt: startAt };
    }
  }
  found.line = null;
  run.limitKey = null;
  found.holds = request.slots ?? [];
  return null;
}

/** True if the run, and all before it in its line, fit into what is free of its key. */
export function mayLeaveLine(model: StoreModel, found: ModelRun): boolean {
  if (found.line === null) return true;
  const { key } = found.line;
  const line = liveRuns(model)
    .filter((each) => each.line?.key === key && each.run.handler === found.run.handler)
    .sort(byClaim);
  let sum = usedOf(model, key);
  for (const each of line) {
    sum += each.line?.weight ?? 0;
    if (sum > (each.line?.max ?? 0)) return false;
    if (each === found) return true;
  }
  return false;
}

export function byClaim(a: ModelRun, b: ModelRun): number {
  return (
    b.run.priority - a.run.priority || a.run.dueAt - b.run.dueAt || compare(a.run.id, b.run.id)
  );
}

function usedOf(model: StoreModel, key: string): number {
  return liveRuns(model)
    .filter(({ run }) => run.state === 'RUNNING')
    .flatMap(({ holds }) => holds)
    .reduce((sum, hold) => (hold.key === key ? sum + hold.weight : sum), 0);
}

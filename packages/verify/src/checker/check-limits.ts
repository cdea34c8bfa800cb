import type { Commit, Grant, Ledger } from './ledger.ts';
import { type RateKey, rateKeyOf, type SlotKey, slotKeysOf } from './limit-groups.ts';
import { showInstant, type Violation } from './violation.ts';

/** What the store did to a run, in its own order. */
type Step =
  | { readonly i: number; readonly runId: string; readonly grant: Grant }
  | { readonly i: number; readonly runId: string; readonly end: Commit };

/**
 * over-limit: the store lets an attempt begin although the runs that share its concurrency
 * key or its pool take all the room, or its window of time has had all its starts. Judged by
 * the order in which the store granted and took ends, so that nothing has to be allowed for.
 */
export function checkLimits(ledger: Ledger): Violation[] {
  return [...checkSlots(ledger), ...checkRates(ledger)];
}

function checkSlots(ledger: Ledger): Violation[] {
  const violations: Violation[] = [];
  /** Key → run → weight, of what is running. */
  const taken = new Map<string, Map<string, number>>();
  for (const step of stepsOf(ledger)) {
    for (const slot of slotKeysOf(step.runId, ledger)) {
      const runs = taken.get(slot.key) ?? new Map<string, number>();
      taken.set(slot.key, runs);
      if ('end' in step) {
        runs.delete(step.runId);
        continue;
      }
      runs.set(step.runId, slot.weight);
      const sum = [...runs.values()].reduce((total, weight) => total + weight, 0);
      if (sum > slot.max) violations.push(tooMany(step.grant, slot, sum, ledger));
    }
  }
  return violations;
}

/** Grants and accepted ends; a run is running from the one to the other. */
function stepsOf(ledger: Ledger): Step[] {
  const steps: Step[] = [];
  for (const [runId, grants] of ledger.grants) {
    for (const grant of grants) steps.push({ i: grant.i, runId, grant });
  }
  for (const [runId, commits] of ledger.commits) {
    for (const end of commits) {
      if (end.accepted && end.what === 'completion') steps.push({ i: end.i, runId, end });
    }
  }
  return steps.sort((a, b) => a.i - b.i);
}

function checkRates(ledger: Ledger): Violation[] {
  const starts = new Map<string, { readonly grant: Grant; readonly rate: RateKey }[]>();
  for (const [runId, grants] of ledger.grants) {
    const rate = rateKeyOf(runId, ledger);
    if (rate === null) continue;
    for (const grant of grants) {
      const list = starts.get(rate.key);
      if (list === undefined) starts.set(rate.key, [{ grant, rate }]);
      else list.push({ grant, rate });
    }
  }
  return [...starts.values()].flatMap((list) => crowdedWindows(list, ledger));
}

function crowdedWindows(
  starts: readonly { readonly grant: Grant; readonly rate: RateKey }[],
  ledger: Ledger,
): Violation[] {
  // Windows of different lengths under one key replace each other.
  if (new Set(starts.map(({ rate }) => rate.perMs)).size > 1) return [];
  const counts = new Map<number, number>();
  const violations: Violation[] = [];
  for (const { grant, rate } of [...starts].sort((a, b) => a.grant.i - b.grant.i)) {
    if (grant.at === undefined) continue;
    const windowAt = Math.floor(grant.at / rate.perMs) * rate.perMs;
    const count = (counts.get(windowAt) ?? 0) + 1;
    counts.set(windowAt, count);
    if (count > rate.max) violations.push(tooMany(grant, rate, count, ledger));
  }
  return violations;
}

function tooMany(
  { runId, t, attempt }: Grant,
  { key, max }: SlotKey | RateKey,
  taken: number,
  ledger: Ledger,
): Violation {
  return {
    verdict: 'over-limit',
    text:
      `attempt ${attempt} of run ${runId} began ${showInstant(t)} as ${taken} of ${max} ` +
      `under the limit ${key}`,
    sched: ledger.jobOf.get(runId)?.sched ?? null,
    runId,
    facts: { key, max, taken },
  };
}

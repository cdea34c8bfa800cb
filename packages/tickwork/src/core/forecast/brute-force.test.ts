import fc from 'fast-check';
import { expect, it } from 'vitest';
import { decideBlocked } from '../dispatcher/decide-blocked.ts';
import { defaultPolicies, type OverlapPolicy } from '../model/policy.ts';
import { freshMemory } from '../model/trigger-memory.ts';
import { isMissed } from '../planner/decide-misfire.ts';
import { IN_FORCE } from '../planner/outlook.ts';
import { compileInterval } from '../trigger/interval/interval.ts';
import type { ForecastJob } from './forecast-job.ts';
import { simulate } from './simulate.ts';

/**
 * The same forecast, the slow and plain way: second by second, every waiting thing in one list
 * that is sorted anew, room counted by looking at all that runs. It knows intervals only.
 */
interface Plain {
  readonly everyMs: number;
  readonly phaseMs: number;
  readonly lengthMs: number;
  readonly priority: number;
  readonly overlap: OverlapPolicy['mode'];
  readonly misfire: 'skip' | 'fire-once' | 'fire-all';
  readonly weight: number;
  readonly keyMax: number | null;
  readonly inPool: boolean;
  readonly startWithinMs: number | null;
}

interface Waiting {
  readonly job: number;
  readonly fireAt: number;
  waited: boolean;
  limited: boolean;
}

interface World {
  readonly plains: readonly Plain[];
  readonly poolSize: number;
  readonly slots: number;
}

const SECOND = 1000;
const END = 90;
const GRACE_MS = 1000;

function bruteForce({ plains, poolSize, slots }: World) {
  const counts = plains.map(() => ({ run: 0, skipped: {} as Record<string, number> }));
  let running: { readonly job: number; readonly endsAt: number }[] = [];
  /** What is due, what waits for its predecessor, what waits for room. */
  let due: Waiting[] = [];
  let queued: Waiting[] = [];
  const skip = (job: number, reason: string): void => {
    const { skipped } = counts[job] as (typeof counts)[number];
    skipped[reason] = (skipped[reason] ?? 0) + 1;
  };
  const plain = (job: number): Plain => plains[job] as Plain;
  const order = (a: Waiting, b: Waiting): number =>
    plain(b.job).priority - plain(a.job).priority || a.fireAt - b.fireAt || a.job - b.job;
  const isBusy = (job: number): boolean =>
    running.some((each) => each.job === job) ||
    due.some((each) => each.job === job && each.limited);
  const hasRoom = (job: number): boolean => {
    const { keyMax, inPool, weight } = plain(job);
    if (keyMax !== null && running.filter((each) => each.job === job).length >= keyMax)
      return false;
    if (!inPool) return true;
    const used = running
      .filter((each) => plain(each.job).inPool)
      .reduce((sum, each) => sum + plain(each.job).weight, 0);
    return used + weight <= poolSize;
  };
  const release = (job: number): void => {
    const first = queued.filter((each) => each.job === job).sort(order)[0];
    if (first === undefined || isBusy(job)) return;
    queued = queued.filter((each) => each !== first);
    due.push(first);
  };
  const take = (each: Waiting, now: number): void => {
    const { overlap, misfire, startWithinMs, lengthMs } = plain(each.job);
    due = due.filter((other) => other !== each);
    const policy = { ...defaultPolicies.misfire, mode: misfire };
    const decides = !each.waited && !each.limited && isMissed(each.fireAt, policy, now);
    const later = due.some(
      ({ job, fireAt }) => job === each.job && fireAt > each.fireAt && fireAt < now - GRACE_MS,
    );
    const tooLate = startWithinMs !== null && now - each.fireAt > startWithinMs;
    let reason: string | null = tooLate ? 'too-late' : null;
    if (decides && misfire === 'skip') reason = 'misfire';
    else if (decides && misfire === 'fire-once' && later) reason = 'coalesced';
    if (reason !== null) {
      skip(each.job, reason);
      if (each.waited || each.limited) release(each.job);
      return;
    }
    if (!each.limited && overlap !== 'allow' && isBusy(each.job)) {
      const waitingCount = queued.filter(({ job }) => job === each.job).length;
      const mode = { ...defaultPolicies.overlap, mode: overlap, waitingMax: 2 };
      const decided = decideBlocked(mode, { waiting: each.waited, waitingCount });
      if (decided.decision === 'skip') {
        skip(each.job, decided.reason);
        return;
      }
      each.waited = true;
      if (decided.decision === 'wait') queued.push(each);
      else {
        const gone = [...queued, ...due.filter(({ limited }) => limited)];
        for (const other of gone) if (other.job === each.job) skip(each.job, 'overlap');
        queued = queued.filter(({ job }) => job !== each.job);
        due = due.filter(({ job, limited }) => !limited || job !== each.job);
        running = running.filter(({ job }) => job !== each.job);
        due.push(each);
      }
      return;
    }
    if (!hasRoom(each.job)) {
      each.limited = true;
      due.push(each);
      return;
    }
    (counts[each.job] as (typeof counts)[number]).run += 1;
    running.push({ job: each.job, endsAt: now + lengthMs });
  };
  let peak = 0;
  for (let now = SECOND; now <= END * SECOND; now += SECOND) {
    const ending = running.filter(({ endsAt }) => endsAt === now).map(({ job }) => job);
    running = running.filter(({ endsAt }) => endsAt > now);
    for (const job of ending) release(job);
    for (const [job, { everyMs, phaseMs }] of plains.entries()) {
      if ((now - phaseMs) % everyMs === 0) {
        due.push({ job, fireAt: now, waited: false, limited: false });
      }
    }
    while (running.length < slots) {
      // Who waits for room is asked again only when there is some, the first in line first.
      const ready = due.filter((each) => !each.limited || hasRoom(each.job));
      const blockedLine = (each: Waiting): boolean =>
        each.limited &&
        due.some(
          (other) =>
            other.limited &&
            order(other, each) < 0 &&
            (other.job === each.job || (plain(other.job).inPool && plain(each.job).inPool)),
        );
      const next = ready.filter((each) => !blockedLine(each)).sort(order)[0];
      if (next === undefined) break;
      take(next, now);
    }
    peak = Math.max(peak, running.length);
  }
  return { counts, peak };
}

function jobOf(plain: Plain, i: number, poolSize: number): ForecastJob {
  const spec = { kind: 'interval', everyMs: plain.everyMs, anchorAt: plain.phaseMs } as const;
  const { overlap, misfire, startWithinMs, keyMax, inPool, weight } = plain;
  const slots = [
    ...(keyMax === null ? [] : [{ key: `job:${i}`, weight: 1, max: keyMax }]),
    ...(inPool ? [{ key: 'pool:db', weight, max: poolSize }] : []),
  ];
  return {
    ...{ name: `job${i}`, spec, memory: freshMemory(0), cursorAt: 0, slotKind: 'function' },
    trigger: compileInterval(spec, {} as never),
    policies: {
      ...defaultPolicies,
      misfire: { ...defaultPolicies.misfire, mode: misfire },
      overlap: { mode: overlap, waitingMax: 2 },
      priority: plain.priority,
      ...(startWithinMs === null ? {} : { startWithinMs }),
    },
    ...{ handler: 'function:work', limits: slots.length === 0 ? {} : { slots } },
    ...{ durationMs: plain.lengthMs, isAssumed: true },
    standing: IN_FORCE,
  };
}

const seconds = (min: number, max: number): fc.Arbitrary<number> =>
  fc.integer({ min, max }).map((count) => count * SECOND);

const plains = (limits: boolean): fc.Arbitrary<Plain> =>
  fc
    .record({
      everyMs: seconds(2, 12),
      phaseMs: seconds(0, 5),
      lengthMs: seconds(1, 9),
      priority: fc.integer({ min: 0, max: 2 }),
      overlap: fc.constantFrom('skip', 'allow', 'queue-one', 'queue-all', 'cancel-previous'),
      misfire: fc.constantFrom('skip', 'fire-once', 'fire-all'),
      weight: fc.integer({ min: 1, max: 2 }),
      keyMax: limits ? fc.option(fc.integer({ min: 1, max: 2 }), { nil: null }) : fc.constant(null),
      inPool: limits ? fc.boolean() : fc.constant(false),
      startWithinMs: fc.option(seconds(0, 6), { nil: null }),
      // Under two limits at once the order of those that wait depends on which one they meet first.
    })
    .map((plain) => (plain.inPool ? { ...plain, keyMax: null } : plain));

function compare({ plains, poolSize, slots }: World): void {
  const expected = bruteForce({ plains, poolSize, slots });
  const told = simulate(
    plains.map((plain, i) => jobOf(plain, i, poolSize)),
    { fromAt: 0, untilAt: END * SECOND, slots: { function: slots, external: 1 } },
  );
  const found = told.jobs.map(({ runCount, skipped }) => ({
    run: runCount,
    skipped: Object.fromEntries(Object.entries(skipped).filter(([, count]) => count > 0)),
  }));
  expect(found).toEqual(expected.counts);
  expect(told.peak.runningCount).toBe(expected.peak);
}

it('a forecast tells what the plain way tells, for any jobs and places', () => {
  fc.assert(
    fc.property(fc.array(plains(false), { minLength: 1, maxLength: 6 }), fc.nat(4), (jobs, free) =>
      compare({ plains: jobs, poolSize: 1, slots: free + 1 }),
    ),
    { numRuns: 400 },
  );
});

it('and under limits', () => {
  fc.assert(
    fc.property(fc.array(plains(true), { minLength: 1, maxLength: 5 }), fc.nat(2), (jobs, more) =>
      compare({ plains: jobs, poolSize: more + 2, slots: 100 }),
    ),
    { numRuns: 400 },
  );
});

/** A defect put into a copy of the sources, which the simulated campaign must notice. */
export interface Mutant {
  readonly name: string;
  /** Below `packages/tickwork/src`. */
  readonly file: string;
  /** Stands in the file exactly once. */
  readonly find: string;
  readonly replace: string;
}

/** Seeded defects of the engine and the memory store, one rule broken by each. */
export const mutants: readonly Mutant[] = [
  {
    name: 'a completion ignores the fence',
    file: 'stores/memory/memory-runs.ts',
    find: "found?.run.state === 'RUNNING' && found.run.fence === completion.fence",
    replace: "found?.run.state === 'RUNNING'",
  },
  {
    name: 'the lease ignores renewals',
    file: 'stores/memory/memory-nodes.ts',
    find: 'node.leaseUntil < now ||',
    replace: 'node.startedAt + 60_000 < now ||',
  },
  {
    name: 'a node goes on when its lease is over',
    file: 'core/recovery/membership.ts',
    find: "if (this.#state === 'up' && this.#isLate()) {",
    replace: "if (this.#state === 'up' && this.#leaseMono < 0) {",
  },
  {
    name: 'missed instants leave no row',
    file: 'core/planner/decide-misfire.ts',
    find: "...stretch(missed, 0, young, 'misfire'),",
    replace: '',
  },
  {
    name: 'a success counts as a failure',
    file: 'core/completion/decide-completion.ts',
    find: 'if (result.ok) {',
    replace: "if (result.ok) return failed(facts, 'error', '');\n  if (result.ok) {",
  },
  {
    name: 'the back-off is left out',
    file: 'core/completion/decide-completion.ts',
    find: 'facts.endedAt + backoffMs(retry, failedCount, facts.chance)',
    replace: 'facts.endedAt + 0 * backoffMs(retry, failedCount, facts.chance)',
  },
  {
    name: 'one attempt too many',
    file: 'core/completion/decide-completion.ts',
    find: 'if (failedCount > retry.attemptsMax) {',
    replace: 'if (failedCount > retry.attemptsMax + 1) {',
  },
  {
    name: 'runs start half a second early',
    file: 'core/dispatcher/dispatcher.ts',
    find: 'this.#reserve.ripen(this.#parts.now());',
    replace: 'this.#reserve.ripen(this.#parts.now() + 500);',
  },
  {
    name: 'the overlap policy is not asked',
    file: 'core/dispatcher/decide-start.ts',
    find: "run.state === 'PENDING' && policies.overlap.mode !== 'allow'",
    replace: "run.state === 'SKIPPED' && policies.overlap.mode !== 'allow'",
  },
  {
    name: 'late instants do not count as missed',
    file: 'core/planner/decide-misfire.ts',
    find: 'return now - startAt > policy.graceMs;',
    replace: 'return now - startAt > 86_400_000 + policy.graceMs;',
  },
  {
    name: 'runs that kill their nodes are never given up',
    file: 'core/model/policy.ts',
    find: 'export const LOST_ATTEMPTS_MAX = 3;',
    replace: 'export const LOST_ATTEMPTS_MAX = 30;',
  },
  {
    name: 'at-most-once runs are tried again',
    file: 'core/recovery/decide-lost.ts',
    find: "if (policies.onNodeLoss === 'fail')",
    replace: "if (policies.onNodeLoss === ('never' as string))",
  },
  {
    name: 'a pause is not heeded',
    file: 'core/planner/plan-job.ts',
    find: "if (job.status === 'paused') return planPaused(job, facts, now);",
    replace: "if (job.status === 'disabled') return planPaused(job, facts, now);",
  },
  {
    name: 'a repeated hour fires twice',
    file: 'core/time/zone.ts',
    find: "if (rule.overlap === 'both') return [place.first, place.last];",
    replace: "if (rule.overlap !== 'last') return [place.first, place.last];",
  },
  {
    name: 'a lost hour is skipped',
    file: 'core/time/zone.ts',
    find: "return rule.gap === 'after' ? [place.at] : NO_INSTANTS;",
    replace: 'return NO_INSTANTS;',
  },
  {
    name: 'a timer longer than the port allows',
    file: 'core/service/alarm.ts',
    find: 'const SLEEP_MS_MAX = 30_000;',
    replace: 'const SLEEP_MS_MAX = 3_000_000_000;',
  },
  {
    name: 'reservations of a plan with a lost answer are forgotten',
    file: 'core/planner/planner.ts',
    find: 'this.#parts.onUnknown();',
    replace: '',
  },
  {
    name: 'a run that comes by two ways is executed twice',
    file: 'core/dispatcher/dispatcher.ts',
    find: 'if (!this.#parts.isBusy(run.id)) free.push(run);',
    replace: 'if (run.id !== "") free.push(run);',
  },
];

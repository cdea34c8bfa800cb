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
    find: '(leaseUntil < now ||',
    replace: '(known.node.startedAt + 60_000 < now ||',
  },
  {
    name: 'a node goes on when its lease is over',
    file: 'core/cluster/membership.ts',
    find: 'return this.#leaseLeftMs() < MARGIN_MS;',
    replace: 'return this.#leaseLeftMs() < -86_400_000;',
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
    name: 'runs begin when their start is written',
    file: 'core/executor/executor.ts',
    find: 'if (started.startedAt <= this.#parts.clock.now()) {',
    replace: 'if (started.startedAt <= this.#parts.clock.now() + 500) {',
  },
  {
    name: 'runs are decided half a second early',
    file: 'core/dispatcher/dispatcher.ts',
    find: 'this.#reserve.ripen(this.#parts.now());',
    replace: 'this.#reserve.ripen(this.#parts.now() + 500);',
  },
  {
    name: 'the overlap policy is not asked',
    file: 'core/dispatcher/decide-start.ts',
    find: "isOpen && policies.overlap.mode !== 'allow'",
    replace: "!isOpen && policies.overlap.mode !== 'allow'",
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
    file: 'core/engine/alarm.ts',
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
  {
    name: 'a finished run can be stored again',
    file: 'stores/memory/memory-state.ts',
    find: 'if (this.live.byId.has(run.id) || this.finished.byId.has(run.id)) return run.id;',
    replace: 'if (this.live.byId.has(run.id)) return run.id;',
  },
  {
    name: 'plans are written whatever the cursor is',
    file: 'stores/memory/memory-jobs.ts',
    find: 'job.cursorAt === expected.cursorAt',
    replace: 'job.cursorAt >= 0',
  },
  {
    name: 'the cursor moves without its rows',
    file: 'stores/memory/memory-jobs.ts',
    find: 'for (const run of write.runs) {',
    replace: 'for (const run of write.runs.slice(1)) {',
  },
  {
    name: 'a node declared dead renews its lease',
    file: 'stores/memory/memory-nodes.ts',
    find: "if (known?.node.state !== 'up') return { held: false };",
    replace: 'if (known === undefined) return { held: false };',
  },
  {
    name: 'reservations of a dead node are kept',
    file: 'stores/memory/memory-nodes.ts',
    find: 'for (const found of reserved) live.change(found, { nodeId: null });',
    replace: 'for (const found of reserved) live.change(found, {});',
  },
  {
    name: 'anybody may start a reserved run',
    file: 'stores/memory/memory-runs.ts',
    find: "if (found === undefined || found.run.nodeId !== nodeId) return { outcome: 'gone' };",
    replace: "if (found === undefined) return { outcome: 'gone' };",
  },
  {
    name: 'nodes go by their own clocks',
    file: 'core/cluster/store-clock.ts',
    find: 'return { at: storeAt, mono:',
    replace: 'return { at: this.#system.now(), mono:',
  },
  {
    name: 'a run is tried again after success',
    file: 'core/completion/decide-completion.ts',
    find: "return { state: 'SUCCESS', reason: null,",
    replace:
      'const again = { dueAt: facts.endedAt + 60_000, error: null } as const;\n' +
      "    const done = { ...again, reason: 'error', outcome: 'success' } as const;\n" +
      "    if (done.dueAt > 0) return { ...done, state: 'RETRY' };\n" +
      "    return { state: 'SUCCESS', reason: null,",
  },
  {
    name: 'lost attempts use up the retries',
    file: 'stores/memory/memory-runs.ts',
    find: "outcome === 'failed' || outcome === 'timeout' ? 1 : 0",
    replace: "outcome !== 'success' ? 1 : 0",
  },
  {
    name: 'a timeout is not enforced',
    file: 'core/executor/running-attempt.ts',
    find: 'Number.POSITIVE_INFINITY : this.#startedMono + timeoutMs;',
    replace: 'Number.POSITIVE_INFINITY : this.#startedMono + timeoutMs * 100;',
  },
  {
    name: 'a cancellation is forgotten',
    file: 'stores/memory/memory-runs.ts',
    find: 'this.#state.live.change(found, { cancelRequested: true, reason });',
    replace: 'this.#state.live.change(found, { cancelRequested: false });',
  },
  {
    name: 'a pause leaves what was planned',
    file: 'core/operations/job-service.ts',
    find: 'supersede: resumes ? null : {',
    replace: "supersede: resumes || status === 'paused' ? null : {",
  },
  {
    name: 'runs of every age are pruned',
    file: 'stores/memory/prune-runs.ts',
    find: '(oldest.run.endedAt ?? 0) < now - ageMs',
    replace: '(oldest.run.endedAt ?? 0) < now',
  },
  {
    name: 'skips of every age are pruned',
    file: 'stores/memory/prune-runs.ts',
    find: 'skip.toAt >= request.now - ageMs',
    replace: 'skip.toAt >= request.now',
  },
  {
    name: 'an end causes no run of the jobs after it',
    file: 'stores/memory/memory-runs.ts',
    find: 'for (const followUp of completion.followUps) {',
    replace: 'for (const followUp of completion.followUps.slice(1)) {',
  },
  {
    name: 'a failure counts as a success for the jobs after it',
    file: 'core/completion/follow-ups.ts',
    find: "return state === 'SUCCESS';",
    replace: "return state !== 'CANCELLED';",
  },
  {
    name: 'a delay counts from the instant and not from the end',
    file: 'stores/memory/memory-state.ts',
    find: 'this.#rearm(job, end.at);',
    replace: 'this.#rearm(job, run.fireAt + 1);',
  },
  {
    name: 'instants in time count as missed',
    file: 'core/planner/plan-job.ts',
    find: 'return now - misfire(job).graceMs - 1 - (job.definition.trigger.jitterMs ?? 0);',
    replace: 'return now + 1000;',
  },
  {
    name: 'the instant that is made up for is dropped',
    file: 'core/planner/decide-misfire.ts',
    find: 'fire: missed.slice(firstFired),',
    replace: 'fire: [],',
  },
  {
    name: 'a maximum number of runs is not heeded',
    file: 'core/trigger/decorators/limit.ts',
    find: 'memory.fireCount >= runsMax',
    replace: 'memory.fireCount >= runsMax + 3',
  },
  {
    name: 'random intervals are too short',
    file: 'core/trigger/random/random.ts',
    find: 'return former + minMs + Math.floor(fraction * width);',
    replace: 'return former + Math.floor(minMs / 2) + Math.floor(fraction * width);',
  },
];

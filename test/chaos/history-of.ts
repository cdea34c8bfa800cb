import { defaultTimings } from '../../packages/tickwork/src/core/engine/engine-parts.ts';
import type { Node } from '../../packages/tickwork/src/core/model/node.ts';
import type { Attempt, Run } from '../../packages/tickwork/src/core/model/run.ts';
import { planReachMs } from '../../packages/tickwork/src/core/planner/planner.ts';
import type { Store } from '../../packages/tickwork/src/core/ports/store.ts';
import {
  defaultLimits,
  type HistoryEvent,
  type HistoryFact,
  type HistoryLimits,
  type RunDump,
} from '../../packages/verify/src/history/history.ts';
import type { Site } from './site.ts';
import { linesOf, type WitnessLine } from './witness.ts';

/** What is at the end of an episode, read by the harness itself. */
export interface FinalState {
  readonly runs: readonly Run[];
  /** Also those that run; of every run that was started. */
  readonly attempts: readonly Attempt[];
  readonly nodes: readonly Node[];
}

export const SETTLE_MS = 2_500;

const PAGE = 1000;
const RANGES_MAX = 100_000;

export async function readFinalState(store: Store): Promise<FinalState> {
  const runs: Run[] = [];
  const attempts: Attempt[] = [];
  for (let after: string | null = null; ; ) {
    const page = await store.listRuns({}, { after, limit: PAGE });
    for (const run of page.runs) {
      runs.push(run);
      if (run.attempt === 0) continue;
      attempts.push(...(await store.readRun(run.id, { after: null, limit: 0 })).attempts);
    }
    after = page.next;
    if (after === null) break;
  }
  return { runs, attempts, nodes: await store.listNodes(PAGE) };
}

type Timed = { readonly t: number } & HistoryFact;

/**
 * The history of an episode in the words of the checker: what the harness did and saw, and
 * what the store remembers. Nothing between a node and its store is seen, so starts in the store
 * are taken from its memory, and the order of writes is judged by `judge` instead.
 */
export async function historyOf(
  site: Site,
  store: Store,
  state: FinalState,
  endAt: number,
): Promise<HistoryEvent[]> {
  const lines = site.lines();
  const facts: Timed[] = [
    ...clientFacts(site),
    ...faultFacts(site),
    ...lines.flatMap((line) => witnessFact(line, nodeOf(state.attempts))),
    ...startFacts(state),
    ...nodeFacts(state, lines, leaseMsOf(site)),
  ].filter(({ t }) => t <= endAt);
  facts.sort((a, b) => a.t - b.t);
  const limits = limitsOf(site);
  const all: (HistoryFact & { readonly t: number })[] = [
    { t: site.beganAt, src: 'harness', type: 'begin', limits },
    ...facts,
    ...(await dumpFacts(site, store, state)).map((fact) => ({ t: endAt, ...fact })),
    { t: endAt, src: 'harness', type: 'end' },
  ];
  return all.map((fact, i) => ({ i, ...fact }));
}

function leaseMsOf(site: Site): number {
  return site.timings.leaseMs ?? defaultTimings.leaseMs;
}

function limitsOf(site: Site): HistoryLimits {
  const timings = { ...defaultTimings, ...site.timings };
  return {
    ...defaultLimits,
    nodeCount: site.machines.length,
    leaseTtlMs: timings.leaseMs,
    renewMs: timings.renewEveryMs,
    reapMs: timings.reapEveryMs,
    // A process needs a moment to start on a busy machine.
    tickMs: 2_000,
    reachMs: planReachMs(timings.horizonMs),
    horizonMs: timings.horizonMs,
    epsilonMs: 1_500,
    clockErrorMs: 20,
    settleMs: SETTLE_MS,
  };
}

function clientFacts(site: Site): Timed[] {
  const { declared } = site;
  if (declared === null) return [];
  return declared.views.flatMap((view): Timed[] => {
    const { id: jobId, revision, status, effectiveAt, definition, name: sched } = view;
    const job = {
      jobId,
      revision,
      status,
      effectiveAt,
      anchorAt: view.memory.anchorAt,
      definition,
    };
    const key = { src: 'client', opId: `create-${sched}`, f: 'create', sched } as const;
    return [
      { t: declared.invokeAt, ...key, type: 'op.invoke' },
      { t: declared.okAt, ...key, type: 'op.ok', job },
    ];
  });
}

function faultFacts(site: Site): Timed[] {
  return site.faults.flatMap(({ kind, target, beginAt, endAt }, i): Timed[] => {
    const fact = { src: 'nemesis', faultId: i + 1, kind, target } as const;
    const begin: Timed = { t: beginAt, ...fact, type: 'fault.begin' };
    return Number.isFinite(endAt) ? [begin, { t: endAt, ...fact, type: 'fault.end' }] : [begin];
  });
}

/** Which node was granted an attempt: a process may have begun a new life just then. */
function nodeOf(attempts: readonly Attempt[]): (runId: string, fence: number) => string | null {
  const nodes = new Map(attempts.map((each) => [`${each.runId} ${each.fence}`, each.nodeId]));
  return (runId, fence) => nodes.get(`${runId} ${fence}`) ?? null;
}

function witnessFact(
  line: WitnessLine,
  nodeIdOf: (runId: string, fence: number) => string | null,
): Timed[] {
  const { t } = line;
  if (line.type === 'ack') {
    const { inc, runId, fence: token, accepted } = line;
    const state = line.state as Run['state'];
    return [{ t, src: 'sut', type: 'ack', inc, runId, token, state, accepted }];
  }
  if (line.type !== 'start' && line.type !== 'end' && line.type !== 'signal') return [];
  const { machine: node, sched, fireAt, runId, attempt, fence: token } = line;
  const inc = nodeIdOf(runId, token) ?? line.inc;
  const key = { src: 'witness', node, inc, sched, fireAt, runId, attempt, token } as const;
  if (line.type === 'start') {
    return [{ t, ...key, type: 'run.start', coalescedCount: line.coalescedCount }];
  }
  if (line.type === 'end') return [{ t, ...key, type: 'run.end', outcome: line.outcome }];
  return [{ t, ...key, type: 'run.sig', reason: '' }];
}

function startFacts({ attempts }: FinalState): Timed[] {
  return attempts.map(({ startedAt: t, nodeId: inc, runId, attempt, fence: token }) => {
    return { t, src: 'sut', type: 'grant', inc, runId, attempt, token };
  });
}

function nodeFacts({ nodes }: FinalState, lines: readonly WitnessLine[], leaseMs: number): Timed[] {
  const lostAt = new Map<string, number>();
  for (const { self, nodeId, t } of linesOf(lines, 'lost')) {
    if (!self && !lostAt.has(nodeId)) lostAt.set(nodeId, t);
  }
  return nodes.flatMap(({ id: inc, state, leaseUntil }): Timed[] => {
    if (state === 'left') return [{ t: leaseUntil, src: 'sut', type: 'left', inc }];
    if (state !== 'dead') return [];
    // A lease that was let run out still shows when it was renewed last.
    const t = lostAt.get(inc) ?? leaseUntil;
    return [{ t, src: 'sut', type: 'reaped', inc, renewedAt: leaseUntil - leaseMs }];
  });
}

async function dumpFacts(site: Site, store: Store, state: FinalState): Promise<HistoryFact[]> {
  const tried = new Set(state.runs.filter(({ attempt }) => attempt > 1).map(({ id }) => id));
  const facts: HistoryFact[] = state.runs.map((run) => ({
    ...{ src: 'sut', type: 'dump.run' },
    run: dumpOf(run),
  }));
  for (const attempt of state.attempts) {
    if (tried.has(attempt.runId)) facts.push({ src: 'sut', type: 'dump.attempt', attempt });
  }
  for (const { id, name: sched } of site.declared?.views ?? []) {
    for (const skip of await store.listSkips(id, 0, Number.MAX_SAFE_INTEGER, RANGES_MAX)) {
      facts.push({ src: 'sut', type: 'dump.skip', sched, skip });
    }
  }
  for (const job of await store.listJobs({}, { after: null, limit: PAGE })) {
    const { id: jobId, name, revision, status, cursorAt, nextFireAt, stats } = job;
    const dump = { jobId, name, revision, status, cursorAt, nextFireAt, stats };
    facts.push({ src: 'sut', type: 'dump.job', job: dump });
  }
  return facts;
}

function dumpOf(run: Run): RunDump {
  const { definition: _d, progress: _p, result: _r, input: _i, ...dump } = run;
  return dump;
}

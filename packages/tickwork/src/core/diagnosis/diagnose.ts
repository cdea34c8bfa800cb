import { unknownUpstreams, unknownUpstreamText } from '../declaration/unknown-upstream.ts';
import type { Job } from '../model/job.ts';
import { isAlive } from '../model/node.ts';
import type { Policies } from '../model/policy.ts';
import type { Run } from '../model/run.ts';
import { isTerminal, runStates } from '../model/run-state.ts';
import type { Store } from '../ports/store.ts';
import type { StoreFault } from '../ports/upkeep-store.ts';
import { formatDuration } from '../time/duration.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import type { Trigger } from '../trigger/trigger.ts';
import { type Ailment, ailment } from './ailment.ts';
import { HistoryCheck } from './check-history.ts';
import { checkJob, type HealthBounds } from './check-job.ts';
import { checkLiveRuns } from './check-live-runs.ts';
import { checkNodes } from './check-nodes.ts';
import { checkStore } from './check-store.ts';

export interface Diagnosis {
  readonly diagnosedAt: Instant;
  readonly storeKind: string;
  readonly jobCount: number;
  readonly liveRunCount: number;
  /** Finished runs that were looked through. */
  readonly finishedRunCount: number;
  /** Nodes that hold their lease. */
  readonly upNodeCount: number;
  /** Errors first. */
  readonly ailments: readonly Ailment[];
  /** What limits the answer, in English. */
  readonly notes: readonly string[];
}

export interface DiagnosisParts extends HealthBounds {
  readonly store: Pick<Store, 'kind' | 'readClock' | 'listRuns' | 'listJobs' | 'listNodes'>;
  /** What the store found wrong with itself. */
  readonly faults: readonly StoreFault[];
  /** The clock of this process. */
  readonly systemNow: Instant;
  readonly triggerOf: (job: Job) => Trigger;
  /** The policies of runs, in the same order. */
  readonly policiesOf: (runs: readonly Run[]) => Promise<readonly (Policies | null)[]>;
}

const PAGE = 1000;
const NODES_MAX = 1000;
const FINISHED_MAX = 1_000_000;
/** A clock that is set by a network moves by less. */
const SKEW_MS_MAX: DurationMs = 1000;

/**
 * Looks for broken promises and for work that stands still, as far as a store shows them.
 * History is read before the jobs, whose counts only grow. Writes nothing.
 */
export async function diagnose(parts: DiagnosisParts): Promise<Diagnosis> {
  const { store, now } = parts;
  const { live, history, isCut } = await readRuns(parts);
  const jobs = await readJobs(parts);
  const nodes = await store.listNodes(NODES_MAX);
  const aliveCount = nodes.filter((node) => isAlive(node, now)).length;
  const policies = new Map<string, Policies | null>();
  const found = await parts.policiesOf(live);
  for (const [i, run] of live.entries()) policies.set(run.id, found[i] ?? null);
  const hasWork = live.length > 0 || jobs.some((job) => job.status === 'active');
  const ailments = [
    ...checkStore(parts.faults),
    ...(await checkClock(parts)),
    ...checkNodes(nodes, hasWork, parts),
    ...jobs.flatMap((job) => checkJob(job, parts.triggerOf, parts)),
    ...checkUpstreams(jobs),
    ...jobs.flatMap((job) => history.checkCounts(job)),
    ...checkLiveRuns({
      ...{ now, recoveryMs: parts.recoveryMs, aheadMs: parts.aheadMs, runs: live },
      upNodeIds: new Set(nodes.flatMap(({ id, state }) => (state === 'up' ? [id] : []))),
      jobIds: new Set(jobs.map((job) => job.id)),
      policiesOf: (run) => policies.get(run.id) ?? null,
    }),
    ...history.ailments,
  ];
  const rank = ({ severity }: Ailment): number => (severity === 'error' ? 0 : 1);
  return {
    ...{ diagnosedAt: now, storeKind: store.kind, jobCount: jobs.length },
    ...{ liveRunCount: live.length, finishedRunCount: history.runCount, upNodeCount: aliveCount },
    ailments: ailments.sort((a, b) => rank(a) - rank(b)),
    notes: isCut ? [`Only the last ${FINISHED_MAX} finished runs were looked through.`] : [],
  };
}

/** The answer where a damaged store lets nothing else be read. */
export function diagnoseFaults(
  { store, faults, now }: Pick<DiagnosisParts, 'store' | 'faults' | 'now'>,
  error: unknown,
): Diagnosis {
  const words = error instanceof Error ? error.message : String(error);
  return {
    ...{ diagnosedAt: now, storeKind: store.kind, jobCount: 0, liveRunCount: 0 },
    ...{ finishedRunCount: 0, upNodeCount: 0, ailments: checkStore(faults) },
    notes: [`Jobs and runs could not be read: ${words}`],
  };
}

/** Jobs that run after a name that no job has. */
function checkUpstreams(jobs: readonly Job[]): readonly Ailment[] {
  const inForce = jobs.filter((job) => job.status !== 'disabled');
  return unknownUpstreams(inForce, new Set(jobs.map((job) => job.name))).map((each) => {
    const { message, remedy } = unknownUpstreamText(each);
    return ailment('unknown-job', 'warning', { jobName: each.jobName }, `${message} ${remedy}`);
  });
}

async function readRuns({ store }: DiagnosisParts) {
  const live = new Map<string, Run>();
  const history = new HistoryCheck();
  for (let after: string | null = null; ; ) {
    const page = await store.listRuns({}, { after, limit: PAGE });
    for (const run of page.runs) {
      const isKnown = runStates.includes(run.state);
      if (!isKnown || !isTerminal(run.state)) live.set(run.id, run);
      else {
        // It may have ended between two pages.
        live.delete(run.id);
        history.see(run);
      }
    }
    after = page.next;
    const isCut = history.runCount >= FINISHED_MAX;
    if (after === null || isCut) return { live: [...live.values()], history, isCut };
  }
}

async function readJobs({ store }: DiagnosisParts): Promise<readonly Job[]> {
  const jobs: Job[] = [];
  for (let after: string | null = null; ; ) {
    const page: Job[] = await store.listJobs({}, { after, limit: PAGE });
    jobs.push(...page);
    if (page.length < PAGE) return jobs;
    after = page.at(-1)?.name ?? null;
  }
}

async function checkClock({ store, systemNow }: DiagnosisParts): Promise<readonly Ailment[]> {
  const aheadMs = (await store.readClock()) - systemNow;
  if (aheadMs <= SKEW_MS_MAX) return [];
  const words = `The store's clock is ${formatDuration(aheadMs)} ahead of this machine's.`;
  return [ailment('clock-set-back', 'warning', {}, words)];
}

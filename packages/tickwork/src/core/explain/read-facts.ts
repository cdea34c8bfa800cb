import { type JobHistory, readHistory } from '../audit/read-history.ts';
import type { Job } from '../model/job.ts';
import { type Attempt, type Run, runId } from '../model/run.ts';
import { isTerminal } from '../model/run-state.ts';
import type { Store } from '../ports/store.ts';
import type { Instant } from '../time/instant.ts';
import type { CompileSpec } from './explain-instant.ts';
import { type ExplainFacts, meantInstant } from './explain-job.ts';

/** Runs of the job that are looked through for those in the way. */
const RUNS_MAX = 200;

type Read = Pick<
  Store,
  'findJobs' | 'listChanges' | 'findRevisions' | 'findRuns' | 'readRun' | 'listSkips' | 'listRuns'
>;

/** What the ledger holds about one instant of a job; `null` if there is no such job. */
export async function readExplainFacts(
  store: Read,
  name: string,
  question: { readonly at: Instant; readonly now: Instant; readonly compile: CompileSpec },
): Promise<Omit<ExplainFacts, 'notes' | 'isExcluded'> | null> {
  const history: JobHistory | null = await readHistory(store, name);
  if (history === null) return null;
  const { job } = history;
  const { now, compile } = question;
  const at = meantInstant(history, compile, question.at);
  const [run = null] = await store.findRuns([runId.scheduled(job.id, at)]);
  const attempts = await attemptsOf(store, run);
  const filter = { jobId: job.id, origin: 'backfill', fromAt: at, toAt: at + 1 } as const;
  const [madeUp = null] = (await store.listRuns(filter, { after: null, limit: 1 })).runs;
  const [range = null] = await store.listSkips(job.id, at, at, 1);
  const decidedAt = run?.endedAt ?? range?.decidedAt ?? now;
  const activeRunIds = await activeAt(store, job, { decidedAt, run });
  const backfill =
    madeUp === null ? null : { run: madeUp, attempts: await attemptsOf(store, madeUp) };
  return { ...history, at, now, run, attempts, backfill, range, activeRunIds, compile };
}

async function attemptsOf(
  store: Pick<Store, 'readRun'>,
  run: Run | null,
): Promise<readonly Attempt[]> {
  if (run === null) return [];
  return (await store.readRun(run.id, { after: null, limit: 0 })).attempts;
}

/** Runs that had begun and not ended at `decidedAt`, the latest first. */
async function activeAt(
  store: Pick<Store, 'listRuns'>,
  job: Job,
  { decidedAt, run }: { decidedAt: Instant; run: Run | null },
): Promise<readonly string[]> {
  const page = await store.listRuns({ jobId: job.id }, { after: null, limit: RUNS_MAX });
  return page.runs
    .filter((each) => each.id !== run?.id && each.startedAt !== null)
    .filter((each) => (each.startedAt ?? 0) <= decidedAt)
    .filter((each) => !isTerminal(each.state) || (each.endedAt ?? 0) >= decidedAt)
    .map((each) => each.id);
}

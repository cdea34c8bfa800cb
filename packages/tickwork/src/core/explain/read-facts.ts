import { type JobHistory, readHistory } from '../audit/read-history.ts';
import type { Job } from '../model/job.ts';
import { type Run, runId } from '../model/run.ts';
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
  const none = { after: null, limit: 0 };
  const attempts = run === null ? [] : (await store.readRun(run.id, none)).attempts;
  const [range = null] = await store.listSkips(job.id, at, at, 1);
  const decidedAt = run?.endedAt ?? range?.decidedAt ?? now;
  const activeRunIds = await activeAt(store, job, { decidedAt, run });
  return { ...history, at, now, run, attempts, range, activeRunIds, compile };
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

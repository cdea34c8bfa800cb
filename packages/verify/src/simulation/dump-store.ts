import type { Run } from '../../../tickwork/src/core/model/run.ts';
import type { Store } from '../../../tickwork/src/core/ports/store.ts';
import type { RunDump } from '../history/history.ts';
import type { HistoryWriter } from '../history/history-writer.ts';

const PAGE = 1000;
const RANGES_MAX = 1_000_000;

/** Writes everything that the store remembers into a history. */
export async function dumpStore(
  store: Store,
  history: HistoryWriter,
  names: ReadonlyMap<number, string>,
): Promise<void> {
  for (let after: string | null = null; ; ) {
    const page = await store.listRuns({}, { after, limit: PAGE });
    for (const run of page.runs) {
      history.write({ src: 'sut', type: 'dump.run', run: dumpOf(run) });
      if (run.attempt < 2) continue;
      const { attempts } = await store.readRun(run.id, { after: null, limit: 0 });
      for (const attempt of attempts) history.write({ src: 'sut', type: 'dump.attempt', attempt });
    }
    after = page.next;
    if (after === null) break;
  }
  for (const [jobId, sched] of names) {
    const skips = await store.listSkips(jobId, 0, Number.MAX_SAFE_INTEGER, RANGES_MAX);
    for (const skip of skips) history.write({ src: 'sut', type: 'dump.skip', sched, skip });
  }
  for (let after: string | null = null; ; ) {
    const jobs = await store.listJobs({}, { after, limit: PAGE });
    for (const job of jobs) {
      const { id: jobId, name, revision, status, cursorAt, nextFireAt, stats } = job;
      const dump = { jobId, name, revision, status, cursorAt, nextFireAt, stats };
      history.write({ src: 'sut', type: 'dump.job', job: dump });
    }
    after = jobs.at(-1)?.name ?? null;
    if (jobs.length < PAGE) break;
  }
}

function dumpOf(run: Run): RunDump {
  const {
    definition: _definition,
    progress: _progress,
    result: _result,
    input: _input,
    ...dump
  } = run;
  return dump;
}

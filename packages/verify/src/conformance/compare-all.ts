import { deepStrictEqual } from 'node:assert/strict';
import type { Run } from '../../../tickwork/src/core/model/run.ts';
import type { RunFilter } from '../../../tickwork/src/core/ports/run-store.ts';
import type { Store } from '../../../tickwork/src/core/ports/store.ts';
import * as jobs from './model-jobs.ts';
import * as nodes from './model-nodes.ts';
import * as runs from './model-runs.ts';
import { jobNames } from './store-commands.ts';
import { T0 } from './store-fixtures.ts';
import type { StoreModel } from './store-model.ts';

const FAR = T0 * 2;

/** Everything there is, as the port shows it. */
export async function compareAll(handles: readonly Store[], model: StoreModel): Promise<void> {
  for (const handle of handles) {
    deepStrictEqual(
      await handle.findJobs(jobNames),
      jobNames.map((name) => jobs.findJob(model, name)),
    );
    deepStrictEqual(await handle.nextDueAt(), jobs.nextDueAt(model));
    deepStrictEqual(await handle.listCalendars(), jobs.listCalendars(model));
    deepStrictEqual(await handle.listNodes(100), nodes.listNodes(model));
    deepStrictEqual(await handle.findLostRuns(100), nodes.findLostRuns(model));
    for (const { jobId, revision } of model.revisions) {
      deepStrictEqual(await handle.findRevisions([{ jobId, revision }]), [
        jobs.findRevision(model, jobId, revision),
      ]);
      deepStrictEqual(await handle.listChanges(jobId), jobs.listChanges(model, jobId));
      deepStrictEqual(
        await handle.listSkips(jobId, 0, FAR, 1000),
        jobs.listSkips(model, jobId, 0, FAR, 1000),
      );
    }
    const all = runs.listRuns(model, {});
    deepStrictEqual(await walkRuns(handle, {}, 7), all);
    const ids = [...all.map(({ id }) => id), 'e_unknown'];
    deepStrictEqual(await handle.findRuns(ids), [...all, null]);
    for (const id of ids) {
      deepStrictEqual(
        await handle.readRun(id, { after: null, limit: 1000 }),
        runs.readRun(model, id),
      );
    }
  }
}

/** All runs that match, page by page. */
export async function walkRuns(store: Store, filter: RunFilter, limit: number): Promise<Run[]> {
  const all: Run[] = [];
  for (let after: string | null = null; ; ) {
    const page = await store.listRuns(filter, { after, limit });
    all.push(...page.runs);
    if (page.next === null) return all;
    after = page.next;
  }
}

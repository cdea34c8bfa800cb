// One node of `processes.test.ts`: node worker.ts <file> <node id>. It claims, starts and completes
// until nothing is left and tells each step on stdout, one line each, in the order of the answers.

import { isTickworkError } from '../../packages/tickwork/src/core/base/errors.ts';
import type { Store } from '../../packages/tickwork/src/core/ports/store.ts';
import { createSqliteStore } from '../../packages/tickwork/src/stores/sqlite/index.ts';
import { completion, nodeInfo, T0 } from '../../packages/verify/src/conformance/store-fixtures.ts';

const [path = '', nodeId = ''] = process.argv.slice(2);
const LEASE_UNTIL = T0 + 1_000_000;
const BATCH = 20;

function tell(step: string, runId: string, fence: number): void {
  process.stdout.write(`${step} ${runId} ${fence}\n`);
}

/** Works a batch off; false once no run is left for anybody. */
async function work(store: Store): Promise<boolean> {
  const claimed = await store.claimRuns({
    nodeId,
    handlers: ['function:work'],
    until: T0,
    limit: BATCH,
    now: T0,
    recover: true,
  });
  const requests = claimed.map(({ id, jobId, attempt }) => ({
    runId: id,
    exclusive: jobId !== null && attempt === 0,
    attemptBefore: attempt,
  }));
  const outcomes = await store.startRuns(nodeId, requests, T0);
  for (const [index, outcome] of outcomes.entries()) {
    const runId = requests[index]?.runId ?? '';
    if (outcome.outcome === 'blocked')
      await store.settleRuns(nodeId, [{ runId, to: 'waiting' }], T0);
    if (outcome.outcome !== 'started') continue;
    const { fence } = outcome;
    tell('started', runId, fence);
    const [answer] = await store.completeRuns([completion({ runId, nodeId, fence })]);
    tell(answer ?? 'refused', runId, fence);
  }
  await recover(store);
  const states = ['PENDING', 'RETRY', 'RUNNING'] as const;
  const page = await store.listRuns({ states }, { after: null, limit: 1 });
  return page.runs.length > 0;
}

/** Runs of dead nodes go on here. */
async function recover(store: Store): Promise<void> {
  for (const run of await store.findLostRuns(BATCH)) {
    const of = { runId: run.id, nodeId: run.nodeId ?? '', fence: run.fence };
    const lost = { state: 'RETRY', reason: 'node-lost', outcome: 'lost', dueAt: T0 } as const;
    await store.completeRuns([completion(of, lost)]);
  }
}

const store = await createSqliteStore({ path, durable: false });
await store.joinNode(nodeInfo(nodeId), T0, LEASE_UNTIL);
process.stdout.write('ready\n');
try {
  while (await work(store));
} catch (error) {
  if (!isTickworkError(error) || error.code !== 'FENCED') throw error;
  process.stdout.write('fenced\n');
}
await store.close();

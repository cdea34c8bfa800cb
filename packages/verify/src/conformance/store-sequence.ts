import { deepStrictEqual, ok } from 'node:assert/strict';
import { isTickworkError } from '../../../tickwork/src/core/base/errors.ts';
import type { Run } from '../../../tickwork/src/core/model/run.ts';
import type { PruneRequest, RunFilter } from '../../../tickwork/src/core/ports/run-store.ts';
import type { Store } from '../../../tickwork/src/core/ports/store.ts';
import type { Instant } from '../../../tickwork/src/core/time/instant.ts';
import { compareAll, walkRuns } from './compare-all.ts';
import * as jobs from './model-jobs.ts';
import * as nodes from './model-nodes.ts';
import { pruneAll } from './model-retention.ts';
import * as runs from './model-runs.ts';
import {
  drawBatch,
  drawClaim,
  drawCompletion,
  drawEnqueued,
  drawFinished,
  drawFlooded,
  drawLimits,
  drawPlan,
  drawRun,
  drawSave,
  drawSettlement,
  handlers,
  jobNames,
  nodeIds,
  Picks,
  type StoreCommand,
} from './store-commands.ts';
import { LEASE_MS, nodeInfo, T0 } from './store-fixtures.ts';
import { emptyModel, type StoreModel } from './store-model.ts';

/** One call, for the model and for a store. FENCED is an answer like any other. */
interface Call {
  readonly model: () => unknown;
  readonly store: (store: Store) => Promise<unknown>;
}

const FENCED = 'FENCED';

/**
 * Runs the same commands on the model and on a store and compares every answer, what
 * `pollSignals` says after each, and in the end everything there is. `handles` are views
 * of one store, each another node's; calls are spread over them. Throws at the first
 * difference.
 */
export async function runSequence(
  handles: readonly Store[],
  commands: readonly StoreCommand[],
): Promise<StoreModel> {
  const sequence = new Sequence(handles);
  await sequence.begin();
  for (const command of commands) await sequence.step(command);
  await compareAll(handles, sequence.model);
  return sequence.model;
}

class Sequence {
  readonly model = emptyModel();
  readonly #handles: readonly Store[];
  readonly #changes: number[] = [];
  #jobsVersion = 0;
  #now: Instant = T0;
  #last: Call | null = null;
  #text = JSON.stringify([[], [], [], [], []]);

  constructor(handles: readonly Store[]) {
    this.#handles = handles;
  }

  async begin(): Promise<void> {
    for (const [index, handle] of this.#handles.entries()) {
      const signals = await handle.pollSignals('n1');
      this.#changes[index] = signals.change;
      this.#jobsVersion = signals.jobsVersion;
    }
    // Most commands need a node that is up.
    await this.step({ kind: 'join', picks: [0, 0, 0] });
  }

  async step(command: StoreCommand): Promise<void> {
    const picks = new Picks(command.picks);
    const handle = this.#handles[picks.below(this.#handles.length)];
    if (command.kind === 'tick') this.#now += 500 * (1 + picks.below(6));
    if (handle === undefined || command.kind === 'tick') return;
    if (command.kind === 'prune') await this.#prune(handle, picks);
    else if (command.kind === 'look') await this.#look(handle, picks);
    else {
      const call = this.#draw(command, picks);
      if (call === null) return;
      this.#last = call;
      await this.#compare(handle, call);
      await this.#adoptIds(handle);
    }
    await this.#compareSignals(command.kind);
  }

  async #compare(handle: Store, call: Call): Promise<void> {
    const expected = structuredClone(call.model());
    deepStrictEqual(await answerOf(call.store(handle)), expected);
  }

  /** Ids are the store's choice, but no two jobs ever have the same. */
  async #adoptIds(handle: Store): Promise<void> {
    for (const { job } of this.model.jobs.filter((each) => each.job.id < 0)) {
      const [stored] = await handle.findJobs([job.name]);
      ok(stored && stored.id > 0 && !this.model.names.has(stored.id), 'a new id');
      jobs.giveId(this.model, job, stored.id);
    }
  }

  #draw(command: StoreCommand, picks: Picks): Call | null {
    const { model } = this;
    const now = this.#now;
    // Not a union here: each of these methods knows some of the kinds.
    const kind: string = command.kind;
    switch (kind) {
      case 'repeat':
        return this.#last;
      case 'save': {
        const writes = [drawSave(model, picks, now), drawSave(model, picks, now)];
        return {
          model: () => writes.map((write) => jobs.saveJob(model, write)),
          store: (store) => store.saveJobs(writes),
        };
      }
      case 'delete': {
        const jobId = picks.one(model.jobs)?.job.id ?? 99;
        return {
          model: () => Number(jobs.deleteJob(model, jobId, now)),
          store: (store) => store.deleteJobs([jobId], now),
        };
      }
      case 'plan': {
        const writes = drawBatch(picks, () => drawPlan(model, picks, now) ?? undefined);
        return {
          model: () => writes.map((write) => jobs.planJob(model, write)),
          store: (store) => store.planDue(writes),
        };
      }
      case 'calendar': {
        const name = `c${picks.below(2)}`;
        const calendar = { name, definition: { days: [picks.below(3)] }, version: 'v' } as const;
        const calendars = [{ ...calendar, source: { kind: 'api', id: '' } }] as const;
        return {
          model: () => jobs.saveCalendars(model, calendars),
          store: (store) => store.saveCalendars(calendars),
        };
      }
      default:
        return this.#drawRunCall(command, picks) ?? this.#drawNodeCall(command, picks);
    }
  }

  #drawRunCall(command: StoreCommand, picks: Picks): Call | null {
    const { model } = this;
    const now = this.#now;
    // Not a union here: each of these methods knows some of the kinds.
    const kind: string = command.kind;
    switch (kind) {
      case 'enqueue': {
        const enqueued = drawBatch(picks, () => drawEnqueued(model, picks, now));
        return {
          model: () => enqueued.map((run) => runs.enqueueRun(model, run, now)),
          store: (store) => store.enqueueRuns(enqueued, now),
        };
      }
      case 'flood': {
        const count = 4 + picks.below(8);
        const flooded = Array.from({ length: count }, () => drawFlooded(picks, now));
        return {
          model: () => flooded.map((run) => runs.enqueueRun(model, run, now)),
          store: (store) => store.enqueueRuns(flooded, now),
        };
      }
      case 'claim': {
        const request = drawClaim(picks, now);
        return {
          model: () => this.#fenced(request.nodeId, now, () => runs.claimRuns(model, request)),
          store: (store) => store.claimRuns(request),
        };
      }
      case 'start':
        return this.#drawStart(picks, now);
      case 'settle': {
        const run = drawRun(
          model,
          picks,
          (each) => each.nodeId !== null && each.state !== 'RUNNING',
        );
        if (run === undefined) return null;
        const nodeId = run.nodeId ?? 'n1';
        const settlement = drawSettlement(model, run, picks);
        return {
          model: () => [runs.settleRun(model, nodeId, settlement, now)],
          store: (store) => store.settleRuns(nodeId, [settlement], now),
        };
      }
      case 'complete': {
        const ended = drawBatch(picks, () => {
          const run = drawRun(model, picks, (each) => each.state === 'RUNNING');
          return run && drawCompletion(model, run, picks, now);
        });
        return {
          model: () => ended.map((each) => runs.completeRun(model, each)),
          store: (store) => store.completeRuns(ended),
        };
      }
      case 'finish': {
        const ended = drawFinished(model, picks, picks.one(nodeIds) ?? '', now);
        return {
          model: () => ended.map((each) => runs.completeRun(model, each)),
          store: (store) => store.completeRuns(ended),
        };
      }
      case 'report':
        return this.#drawReport(picks, now);
      case 'cancel': {
        const found = drawRun(model, picks, () => true)?.id ?? 'e_unknown';
        const reason = picks.one(['request', 'overlap'] as const) ?? 'request';
        return {
          model: () => [{ runId: found, outcome: runs.cancelRun(model, found, now, reason) }],
          store: (store) => store.cancelRuns([found], now, reason),
        };
      }
      default:
        return null;
    }
  }

  #drawStart(picks: Picks, now: Instant): Call | null {
    const { model } = this;
    const nodeId = picks.one(nodeIds) ?? '';
    const mine = (run: Run): boolean => run.nodeId === nodeId && run.state !== 'RUNNING';
    const requests = drawBatch(picks, () => drawRun(model, picks, mine)).map((run) => ({
      runId: run.id,
      exclusive: run.state !== 'RETRY' && !picks.seldom(3),
      holdable: picks.seldom(2),
      ...drawLimits(picks),
      attemptBefore: run.attempt - (picks.seldom(8) ? 1 : 0),
    }));
    return {
      model: () =>
        this.#fenced(nodeId, now, () =>
          requests.map((request) => runs.startRun(model, nodeId, request, now)),
        ),
      store: (store) => store.startRuns(nodeId, requests, now),
    };
  }

  #drawReport(picks: Picks, now: Instant): Call | null {
    const run = drawRun(this.model, picks, (each) => each.state === 'RUNNING');
    if (run === undefined) return null;
    const seq = picks.below(4);
    const chunk = { attempt: run.attempt, seq, at: now, stream: 'stdout', text: 'line\n' } as const;
    const report = {
      runId: run.id,
      fence: run.fence - (picks.seldom(6) ? 1 : 0),
      ...(picks.seldom(2) ? { progress: picks.below(100) } : {}),
      output: picks.seldom(3) ? [] : [chunk, { ...chunk, seq: seq + 1 }],
    };
    return {
      model: () => [runs.reportRun(this.model, report)],
      store: (store) => store.reportRuns([report]),
    };
  }

  #drawNodeCall(command: StoreCommand, picks: Picks): Call | null {
    const { model } = this;
    const now = this.#now;
    const nodeId = picks.one(nodeIds) ?? '';
    const leaseUntil = now + LEASE_MS * (1 + picks.below(2));
    // Not a union here: each of these methods knows some of the kinds.
    const kind: string = command.kind;
    switch (kind) {
      case 'join':
        return {
          model: () => nodes.joinNode(model, nodeInfo(nodeId), now, leaseUntil) ?? FENCED,
          store: (store) => store.joinNode(nodeInfo(nodeId), now, leaseUntil),
        };
      case 'renew':
        return {
          model: () => nodes.renewNode(model, nodeId, leaseUntil),
          store: (store) => store.renewNode(nodeId, leaseUntil),
        };
      case 'leave':
        return {
          model: () => nodes.leaveNode(model, nodeId, now),
          store: (store) => store.leaveNode(nodeId, now),
        };
      case 'reap': {
        const proven = picks.seldom(3) ? [nodeId] : [];
        return {
          model: () => nodes.reapNodes(model, now, proven),
          store: (store) => store.reapNodes(now, proven),
        };
      }
      default:
        return null;
    }
  }

  #fenced(nodeId: string, now: Instant, answer: () => unknown): unknown {
    return runs.holdsLease(this.model, nodeId, now) ? answer() : FENCED;
  }

  async #prune(handle: Store, picks: Picks): Promise<void> {
    const kept = { ageMs: 6000, runsMax: 4 };
    const apart = { ...kept, failed: { ageMs: 9000, runsMax: 2 } };
    const defaults = picks.seldom(3) ? apart : kept;
    const request: PruneRequest = { now: this.#now, limit: 1 + picks.below(3), defaults };
    while ((await handle.pruneRuns(request)) > 0);
    pruneAll(this.model, request);
  }

  /** Reads with filters and bounds. */
  async #look(handle: Store, picks: Picks): Promise<void> {
    const { model } = this;
    const now = this.#now;
    const until = now + 1000 * (picks.below(5) - 2);
    const limit = 1 + picks.below(3);
    const page = { after: picks.one([null, 'beta']) ?? null, limit };
    const jobFilter = picks.one([
      {},
      { status: 'active' },
      { source: { kind: 'code', id: '' } },
      { tag: 'red' },
      { eventDriven: true },
      { search: 'TA' },
    ] as const);
    const job = picks.one(model.jobs)?.job.id ?? 1;
    deepStrictEqual(
      await handle.listJobs(jobFilter ?? {}, page),
      jobs.listJobs(model, jobFilter ?? {}, page),
    );
    deepStrictEqual(await handle.findDueJobs(until, limit), jobs.findDueJobs(model, until, limit));
    deepStrictEqual(
      await handle.listSkips(job, until, now, limit),
      jobs.listSkips(model, job, until, now, limit),
    );
    deepStrictEqual(
      await handle.findOverdue([job, 2], until),
      runs.findOverdue(model, [job, 2], until),
    );
    const runFilter: RunFilter =
      picks.one([
        { jobId: job },
        { jobName: picks.one(jobNames) ?? '' },
        { states: ['RUNNING'] },
        { states: ['FAILED', 'SKIPPED', 'PENDING'] },
        { origin: 'schedule' },
        { handler: handlers[0] ?? '' },
        { fromAt: until, toAt: now },
      ] as const) ?? {};
    deepStrictEqual(await walkRuns(handle, runFilter, limit), runs.listRuns(model, runFilter));
  }

  async #compareSignals(kind: string): Promise<void> {
    const { model } = this;
    const text = JSON.stringify([
      model.jobs,
      model.runs,
      // That a lease is longer now is no news that must be told.
      model.nodes.map(({ node, first }) => [{ ...node, leaseUntil: 0 }, first]),
      model.skips,
      model.calendars,
    ]);
    const different = text !== this.#text;
    this.#text = text;
    for (const [index, handle] of this.#handles.entries()) {
      const nodeId = nodeIds[index] ?? '';
      const { change, jobsVersion, cancelRunIds } = await handle.pollSignals(nodeId);
      deepStrictEqual(cancelRunIds, nodes.cancelRunIds(model, nodeId));
      const noticed = change !== this.#changes[index];
      // Writing what stands there already may be noticed or not.
      if (different || !model.changed) ok(noticed === different, `change after ${kind}`);
      this.#changes[index] = change;
      deepStrictEqual(
        jobsVersion > this.#jobsVersion,
        model.jobsChanged,
        `jobsVersion after ${kind}`,
      );
      if (index === this.#handles.length - 1) this.#jobsVersion = jobsVersion;
    }
    model.changed = false;
    model.jobsChanged = false;
  }
}

async function answerOf(answer: Promise<unknown>): Promise<unknown> {
  try {
    return await answer;
  } catch (error) {
    if (isTickworkError(error) && error.code === FENCED) return FENCED;
    throw error;
  }
}

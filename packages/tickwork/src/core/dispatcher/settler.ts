import type { Run, RunDefinition } from '../model/run.ts';
import type { Settlement, StartOutcome } from '../ports/run-store.ts';
import type { Store } from '../ports/store.ts';
import type { Instant } from '../time/instant.ts';
import { decideBlocked } from './decide-blocked.ts';

export interface SettlerParts {
  readonly store: Store;
  readonly nodeId: () => string;
  /** The overlap policy asked these running runs to stop. */
  readonly onReplaced: (runIds: readonly string[]) => void;
  readonly onSkipped: (run: Run, settlement: Settlement) => void;
}

/** Writes what becomes of runs that do not start: they are skipped, or they wait. */
export class Settler {
  readonly #parts: SettlerParts;

  constructor(parts: SettlerParts) {
    this.#parts = parts;
  }

  /** What the overlap policy makes of a run that others of its job keep from starting. */
  async settlementOf(
    { run, work }: { readonly run: Run; readonly work: RunDefinition },
    outcome: Extract<StartOutcome, { outcome: 'blocked' }>,
    at: Instant,
  ): Promise<Settlement> {
    const { waitingCount } = outcome;
    const facts = { waiting: run.waiting, waitingCount, backfill: run.origin === 'backfill' };
    const decided = decideBlocked(work.policies.overlap, facts);
    if (decided.decision === 'skip') {
      return { runId: run.id, to: 'SKIPPED', reason: decided.reason };
    }
    if (decided.decision === 'replace') await this.#replace(run, outcome, at);
    return { runId: run.id, to: 'waiting' };
  }

  async settle(
    runs: readonly Run[],
    settlements: readonly Settlement[],
    at: Instant,
  ): Promise<void> {
    if (settlements.length === 0) return;
    const nodeId = this.#parts.nodeId();
    const outcomes = await this.#parts.store.settleRuns(nodeId, settlements, at);
    for (const [i, run] of runs.entries()) {
      const settlement = settlements[i];
      if (outcomes[i] === 'written' && settlement?.to === 'SKIPPED') {
        this.#parts.onSkipped(run, settlement);
      }
    }
  }

  /** Stops what is active and drops what waits, so that the newest can start. */
  async #replace(
    run: Run,
    outcome: Extract<StartOutcome, { outcome: 'blocked' }>,
    at: Instant,
  ): Promise<void> {
    const former = [...outcome.activeRunIds];
    if (outcome.waitingCount > 0 && run.jobId !== null) {
      const filter = { jobId: run.jobId, states: ['PENDING'] as const };
      const page = await this.#parts.store.listRuns(filter, { after: null, limit: 1000 });
      for (const each of page.runs) {
        const waits = each.waiting && each.origin !== 'backfill';
        if (waits && each.id !== run.id) former.push(each.id);
      }
    }
    await this.#parts.store.cancelRuns(former, at, 'overlap');
    this.#parts.onReplaced(outcome.activeRunIds);
  }
}

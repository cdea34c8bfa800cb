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

/** A run whose start others of its job stood in the way of. */
export interface BlockedRun {
  readonly run: Run;
  readonly work: RunDefinition;
  readonly outcome: Extract<StartOutcome, { outcome: 'blocked' }>;
}

/** Writes what becomes of runs that do not start: they are skipped, or they wait. */
export class Settler {
  readonly #parts: SettlerParts;

  constructor(parts: SettlerParts) {
    this.#parts = parts;
  }

  /** What the overlap policy makes of runs that others of their jobs keep from starting. */
  async settlementsOf(blocked: readonly BlockedRun[], at: Instant): Promise<Settlement[]> {
    const replacing: BlockedRun[] = [];
    const settlements = blocked.map((each): Settlement => {
      const { run, work, outcome } = each;
      const { waitingCount } = outcome;
      const facts = { waiting: run.waiting, waitingCount, backfill: run.origin === 'backfill' };
      const decided = decideBlocked(work.policies.overlap, facts);
      if (decided.decision === 'skip') {
        return { runId: run.id, to: 'SKIPPED', reason: decided.reason };
      }
      if (decided.decision === 'replace') replacing.push(each);
      return { runId: run.id, to: 'waiting' };
    });
    if (replacing.length > 0) await this.#replace(replacing, at);
    return settlements;
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

  /**
   * Stops what is active and drops what waits, so that the newest can start. One call for all
   * of them, however many there are: the runs of other jobs do not start meanwhile.
   */
  async #replace(replacing: readonly BlockedRun[], at: Instant): Promise<void> {
    const active = new Set(replacing.flatMap(({ outcome }) => outcome.activeRunIds));
    const former = new Set(active);
    const own = new Set(replacing.map(({ run }) => run.id));
    const queues = replacing.filter(({ outcome }) => outcome.waitingCount > 0);
    for (const jobId of new Set(queues.map(({ run }) => run.jobId))) {
      if (jobId === null) continue;
      const filter = { jobId, states: ['PENDING'] as const };
      const page = await this.#parts.store.listRuns(filter, { after: null, limit: 1000 });
      for (const each of page.runs) {
        const waits = each.waiting && each.origin !== 'backfill';
        if (waits && !own.has(each.id)) former.add(each.id);
      }
    }
    await this.#parts.store.cancelRuns([...former], at, 'overlap');
    this.#parts.onReplaced([...active]);
  }
}

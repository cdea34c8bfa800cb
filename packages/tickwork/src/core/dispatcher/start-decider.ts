import type { JobStatus } from '../model/job.ts';
import type { Run, RunDefinition } from '../model/run.ts';
import type { Settlement, StartRequest } from '../ports/run-store.ts';
import type { SlotKind } from '../ports/task-kind.ts';
import type { Instant } from '../time/instant.ts';
import {
  decideStart,
  isExclusive,
  needsMisfireDecision,
  type StartDecision,
} from './decide-start.ts';
import { limitsOf } from './limits-of.ts';
import type { MisfireLookup } from './misfire-lookup.ts';
import type { Reserve } from './reserve.ts';
import type { Settler } from './settler.ts';
import { addedCounts, standingFor } from './standing.ts';
import { mayStartEarly } from './start-early.ts';

const DEFER_MS = 50;

/** A run that is to be started. */
export interface Candidate {
  readonly run: Run;
  readonly work: RunDefinition;
  /** What the start asks for. */
  readonly asked: Omit<StartRequest, 'runId'>;
}

export interface StartDeciderParts {
  readonly now: () => Instant;
  readonly workOf: (runs: readonly Run[]) => Promise<readonly (RunDefinition | null)[]>;
  readonly jobStatusOf: (run: Run) => JobStatus;
  readonly misfireLookup: MisfireLookup;
  readonly reserve: Reserve;
  readonly settler: Settler;
}

/**
 * Reads what the decisions about reserved runs need, and applies those that are no starts: runs
 * are skipped, or put off. What is left is to be started in the store.
 */
export class StartDecider {
  readonly #parts: StartDeciderParts;
  /** Runs whose start may be stored although its answer was lost, with what it asked for. */
  readonly #unsure = new Map<string, Candidate['asked']>();

  constructor(parts: StartDeciderParts) {
    this.#parts = parts;
  }

  noteUnanswered(candidates: readonly Candidate[]): void {
    for (const { run, asked } of candidates) this.#unsure.set(run.id, asked);
  }

  noteAnswered(candidates: readonly Candidate[]): void {
    for (const { run } of candidates) this.#unsure.delete(run.id);
  }

  forget(): void {
    this.#unsure.clear();
  }

  /**
   * Which of these may start before their instant; all others are looked at when it comes, as
   * are those that may have started without this node's knowing.
   */
  async decideEarly(batch: readonly Run[], slotKind: SlotKind): Promise<Candidate[]> {
    const works = await this.#parts.workOf(batch);
    const candidates: Candidate[] = [];
    for (const [i, run] of batch.entries()) {
      const work = works[i] ?? null;
      if (work !== null && !this.#unsure.has(run.id) && mayStartEarly(work.policies)) {
        candidates.push({ run, work, asked: { exclusive: isExclusive(run, work.policies) } });
      } else {
        this.#parts.reserve.putOff(run, slotKind, run.dueAt);
      }
    }
    return candidates;
  }

  /** Applies the decisions that need no start; answers the runs that are to be started. */
  async decide(batch: readonly Run[], slotKind: SlotKind): Promise<Candidate[]> {
    const works = await this.#parts.workOf(batch);
    const now = this.#parts.now();
    const late = batch.filter((run, i) => {
      const work = works[i];
      return work && needsMisfireDecision(run, work.policies, now);
    });
    const misfires =
      late.length > 0 ? await this.#parts.misfireLookup(late, works, batch, now) : null;
    const candidates: Candidate[] = [];
    const settlements: Settlement[] = [];
    const settled: Run[] = [];
    for (const [i, run] of batch.entries()) {
      const work = works[i] ?? null;
      const decision = this.#decideOne(run, work, misfires?.get(run.id), now);
      if (decision.decision === 'start' && work !== null) {
        const { decision: _start, ...asked } = decision;
        candidates.push({ run, work, asked: { ...asked, ...limitsOf(run, work) } });
      } else if (decision.decision === 'defer') {
        this.#parts.reserve.putOff(run, slotKind, now + DEFER_MS);
      } else if (decision.decision === 'skip') {
        const into = decision.reason === 'coalesced' ? misfires?.get(run.id)?.intoRunId : null;
        const skip = { runId: run.id, to: 'SKIPPED', reason: decision.reason } as const;
        settlements.push(into ? { ...skip, intoRunId: into } : skip);
        settled.push(run);
      }
    }
    await this.#parts.settler.settle(settled, settlements, now);
    const added = addedCounts(settled, settlements);
    return candidates.map((candidate) => standingFor(candidate, added));
  }

  #decideOne(
    run: Run,
    work: RunDefinition | null,
    misfire: { planIsCurrent: boolean; laterOverdue: boolean } | undefined,
    now: Instant,
  ): StartDecision {
    if (work === null) return { decision: 'skip', reason: 'superseded' };
    // It may run already by the store's word: only the same start again can tell.
    const unsure = this.#unsure.get(run.id);
    if (unsure !== undefined) {
      const { exclusive, holdable = false } = unsure;
      return { decision: 'start', exclusive, ...(holdable ? { holdable } : {}) };
    }
    const facts = misfire ?? { planIsCurrent: true, laterOverdue: false };
    const jobStatus = this.#parts.jobStatusOf(run);
    return decideStart(run, { policies: work.policies, jobStatus, ...facts }, now);
  }
}

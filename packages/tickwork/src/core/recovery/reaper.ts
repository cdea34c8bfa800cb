import type { RunEnded } from '../completion/decide-effect.ts';
import type { Node } from '../model/node.ts';
import type { Run, RunDefinition } from '../model/run.ts';
import type { Clock } from '../ports/clock.ts';
import type { ProcessWatch } from '../ports/process-watch.ts';
import type { Completion } from '../ports/run-store.ts';
import type { Store } from '../ports/store.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import { decideLost } from './decide-lost.ts';
import { Leftovers } from './leftovers.ts';
import { UnhandledRuns } from './unhandled-runs.ts';

const BATCH_RUNS = 500;
const NODES_MAX = 1000;
/** At the beginning of time no lease has ended: only the proven dead are reaped. */
const BEFORE_ALL_LEASES: Instant = 0;

export interface ReaperParts {
  readonly store: Pick<
    Store,
    'listNodes' | 'listRuns' | 'reapNodes' | 'findLostRuns' | 'completeRuns' | 'readRun'
  >;
  readonly processWatch: ProcessWatch;
  readonly clock: Clock;
  readonly leaseMs: DurationMs;
  readonly everyMs: DurationMs;
  readonly nodeId: () => string;
  readonly workOf: (runs: readonly Run[]) => Promise<readonly (RunDefinition | null)[]>;
  readonly aftermathOf: (
    run: Run,
    work: RunDefinition | null,
    ended: RunEnded,
  ) => Pick<Completion, 'followUps' | 'onJob'>;
  readonly onNodesLost: (nodeIds: readonly string[]) => void;
  readonly isNews: (handler: string) => boolean;
  readonly onUnhandled: (run: Run) => void;
  readonly onRecovered: (run: Run, completion: Completion) => void;
}

/**
 * The recovering loop's pass: nodes whose lease has ended, and processes of this host that
 * are provably gone, are declared dead, after what these left running here was ended
 * (`Leftovers`); their reservations are free again, and each run
 * that was running there is decided (`decideLost`) and written under its own fence, so that
 * any number of nodes may do this at once. Due runs that nobody takes are told (`UnhandledRuns`).
 */
export class Reaper {
  readonly #parts: ReaperParts;
  readonly #leftovers: Leftovers;
  readonly #unhandled: UnhandledRuns;
  #suspendedUntilMono = 0;
  readonly #formerIds = new Set<string>();

  constructor(parts: ReaperParts) {
    this.#parts = parts;
    this.#leftovers = new Leftovers(parts);
    const now = () => parts.clock.now();
    this.#unhandled = new UnhandledRuns({ ...parts, now, dueForMs: parts.everyMs });
  }

  /**
   * The clock was set, or this node could not renew: others may not have, either. For one lease,
   * no node is declared dead by the time alone.
   */
  suspend(): void {
    this.#suspendedUntilMono = this.#parts.clock.mono() + this.#parts.leaseMs;
  }

  /** A former life of this very process, which has given up: nobody continues it. */
  giveUp(nodeId: string): void {
    this.#formerIds.add(nodeId);
  }

  async pass(): Promise<Instant | null> {
    const { clock, everyMs } = this.#parts;
    const suspendedMs = this.#suspendedUntilMono - clock.mono();
    await this.#reap(suspendedMs > 0 ? BEFORE_ALL_LEASES : clock.now());
    await this.#recoverRuns();
    await this.#unhandled.pass();
    return clock.now() + (suspendedMs > 0 ? Math.min(everyMs, Math.ceil(suspendedMs)) : everyMs);
  }

  /**
   * Only the processes of this host that are provably gone. Before a node joins: a process
   * that was killed a moment ago must not make a cold start look like a warm one.
   */
  async reapGone(): Promise<void> {
    await this.#reap(BEFORE_ALL_LEASES);
  }

  async #reap(now: Instant): Promise<void> {
    const { store, nodeId } = this.#parts;
    const nodes: readonly Node[] = await store.listNodes(NODES_MAX);
    const gone = nodes.filter(
      (node) => node.state === 'up' && node.id !== nodeId() && this.#isGone(node),
    );
    await this.#leftovers.end(nodes.filter((node) => node.id !== nodeId()));
    const reaped = await store.reapNodes(
      now,
      gone.map((node) => node.id),
    );
    for (const id of reaped.nodeIds) this.#formerIds.delete(id);
    if (reaped.nodeIds.length > 0) this.#parts.onNodesLost(reaped.nodeIds);
  }

  #isGone(node: Node): boolean {
    return this.#formerIds.has(node.id) || this.#parts.processWatch.isGone(node);
  }

  async #recoverRuns(): Promise<void> {
    for (;;) {
      const runs = await this.#parts.store.findLostRuns(BATCH_RUNS);
      if (runs.length === 0) return;
      const works = await this.#parts.workOf(runs);
      const at = this.#parts.clock.now();
      const completions = runs.map((run, i) => this.#completionOf(run, works[i] ?? null, at));
      const outcomes = await this.#parts.store.completeRuns(completions);
      let accepted = 0;
      for (const [i, run] of runs.entries()) {
        if (outcomes[i] === 'refused') continue;
        accepted += 1;
        this.#parts.onRecovered(run, completions[i] as Completion);
      }
      if (runs.length < BATCH_RUNS || accepted === 0) return;
    }
  }

  #completionOf(run: Run, work: RunDefinition | null, at: Instant): Completion {
    const orphan = { state: 'FAILED', reason: 'node-lost', outcome: 'lost', dueAt: null } as const;
    const decided =
      work === null
        ? { ...orphan, error: 'its node was lost and its definition is gone' }
        : decideLost(run, work.policies, at);
    return {
      ...decided,
      runId: run.id,
      fence: run.fence,
      nodeId: run.nodeId ?? '',
      startedAt: run.startedAt ?? at,
      endedAt: at,
      exitCode: null,
      result: null,
      ...this.#parts.aftermathOf(run, work, { state: decided.state, error: decided.error, at }),
    };
  }
}

import { TickworkError } from '../../core/base/errors.ts';
import type { Node, NodeInfo } from '../../core/model/node.ts';
import type { Run } from '../../core/model/run.ts';
import type { Clock } from '../../core/ports/clock.ts';
import type {
  JoinOutcome,
  NodeStore,
  ReapOutcome,
  RenewOutcome,
  Signals,
} from '../../core/ports/node-store.ts';
import type { Instant } from '../../core/time/instant.ts';
import { compareText } from './compare-text.ts';
import type { MemoryState, StoredNode } from './memory-state.ts';

/** The nodes' side of the memory store. */
export class MemoryNodes implements Omit<NodeStore, 'close'> {
  readonly #state: MemoryState;
  readonly #clock: Clock;
  #lastAt = 0;

  constructor(state: MemoryState, clock: Clock) {
    this.#state = state;
    this.#clock = clock;
  }

  async joinNode(node: NodeInfo, at: Instant, leaseUntil: Instant): Promise<JoinOutcome> {
    const { nodes } = this.#state;
    const known = nodes.get(node.id);
    if (known !== undefined) {
      if (known.node.state !== 'up') throw formerLife(node.id);
      this.#lengthen(known, leaseUntil);
      return { first: known.first };
    }
    let first = true;
    for (const other of nodes.values()) {
      if (other.node.state === 'up' && other.node.leaseUntil >= at) first = false;
    }
    nodes.set(node.id, { node: { ...node, startedAt: at, leaseUntil, state: 'up' }, first });
    this.#state.change++;
    return { first };
  }

  async renewNode(nodeId: string, leaseUntil: Instant): Promise<RenewOutcome> {
    const known = this.#state.nodes.get(nodeId);
    if (known?.node.state !== 'up') return { held: false };
    this.#lengthen(known, leaseUntil);
    return { held: true };
  }

  /** No news for anybody: idle nodes would wake each other with their renewals. */
  #lengthen(known: StoredNode, leaseUntil: Instant): void {
    if (leaseUntil <= known.node.leaseUntil) return;
    known.node = { ...known.node, leaseUntil };
  }

  async leaveNode(nodeId: string, at: Instant): Promise<void> {
    const known = this.#state.nodes.get(nodeId);
    if (known?.node.state === 'up') this.#end(known, 'left', at);
  }

  async reapNodes(now: Instant, provenDead: readonly string[]): Promise<ReapOutcome> {
    const dead: StoredNode[] = [];
    for (const known of this.#state.nodes.values()) {
      const { id, state, leaseUntil } = known.node;
      if (state === 'up' && (leaseUntil < now || provenDead.includes(id))) dead.push(known);
    }
    dead.sort((a, b) => compareText(a.node.id, b.node.id));
    let releasedCount = 0;
    for (const known of dead) releasedCount += this.#end(known, 'dead', now);
    return { nodeIds: dead.map(({ node }) => node.id), releasedCount };
  }

  /** Ends a node's life and gives its reservations back; answers how many. */
  #end(known: StoredNode, state: 'left' | 'dead', at: Instant): number {
    const { live } = this.#state;
    const leaseUntil = Math.min(known.node.leaseUntil, at);
    known.node = { ...known.node, state, leaseUntil };
    const reserved = [...live.ofNode(known.node.id)].filter(({ run }) => run.state !== 'RUNNING');
    for (const found of reserved) live.change(found, { nodeId: null });
    this.#state.change++;
    return reserved.length;
  }

  async findLostRuns(limit: number): Promise<Run[]> {
    const { live, nodes } = this.#state;
    const lost: Run[] = [];
    for (const nodeId of live.holders()) {
      if (nodes.get(nodeId)?.node.state === 'up') continue;
      for (const { run } of live.ofNode(nodeId)) if (run.state === 'RUNNING') lost.push(run);
    }
    lost.sort((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0) || compareText(a.id, b.id));
    return lost.slice(0, limit);
  }

  async listNodes(limit: number): Promise<Node[]> {
    const up: Node[] = [];
    const ended: Node[] = [];
    for (const { node } of this.#state.nodes.values())
      (node.state === 'up' ? up : ended).push(node);
    // They joined one after another: backwards they are nearly in order, which sorts fast.
    const nodes = [...up.reverse().sort(latestFirst), ...ended.reverse().sort(latestFirst)];
    return nodes.length > limit ? nodes.slice(0, limit) : nodes;
  }

  async pollSignals(nodeId: string): Promise<Signals> {
    const cancelRunIds: string[] = [];
    for (const { run } of this.#state.live.ofNode(nodeId)) {
      if (run.state === 'RUNNING' && run.cancelRequested) cancelRunIds.push(run.id);
    }
    cancelRunIds.sort(compareText);
    return { change: this.#state.change, jobsVersion: this.#state.jobsVersion, cancelRunIds };
  }

  async readClock(): Promise<Instant> {
    this.#lastAt = Math.max(this.#lastAt, this.#clock.now());
    return this.#lastAt;
  }
}

function latestFirst(a: Node, b: Node): number {
  return b.startedAt - a.startedAt || compareText(a.id, b.id);
}

function formerLife(nodeId: string): TickworkError {
  return new TickworkError('FENCED', {
    field: 'node.id',
    value: nodeId,
    reason: 'this node has left or was declared dead.',
    remedy: 'Join under a new id.',
  });
}

import type { Node, NodeInfo } from '../../../tickwork/src/core/model/node.ts';
import type { Run } from '../../../tickwork/src/core/model/run.ts';
import type { ReapOutcome } from '../../../tickwork/src/core/ports/node-store.ts';
import type { Instant } from '../../../tickwork/src/core/time/instant.ts';
import { compare, liveRuns, type ModelNode, nodeIsUp, type StoreModel } from './store-model.ts';

/** `null`: the store throws FENCED. */
export function joinNode(
  model: StoreModel,
  info: NodeInfo,
  at: Instant,
  leaseUntil: Instant,
): { first: boolean } | null {
  const known = model.nodes.find(({ node }) => node.id === info.id);
  if (known !== undefined) {
    if (known.node.state !== 'up') return null;
    lengthen(model, known, leaseUntil);
    return { first: known.first };
  }
  const first = !model.nodes.some(({ node }) => node.state === 'up' && node.leaseUntil >= at);
  model.nodes.push({ node: { ...info, startedAt: at, leaseUntil, state: 'up' }, first });
  model.changed = true;
  return { first };
}

export function renewNode(
  model: StoreModel,
  nodeId: string,
  leaseUntil: Instant,
): { held: boolean } {
  const known = model.nodes.find(({ node }) => node.id === nodeId);
  if (known?.node.state !== 'up') return { held: false };
  lengthen(model, known, leaseUntil);
  return { held: true };
}

function lengthen(model: StoreModel, known: ModelNode, leaseUntil: Instant): void {
  if (leaseUntil <= known.node.leaseUntil) return;
  known.node.leaseUntil = leaseUntil;
  model.changed = true;
}

export function leaveNode(model: StoreModel, nodeId: string, at: Instant): void {
  for (const known of model.nodes) {
    if (known.node.id === nodeId && known.node.state === 'up') end(model, known, 'left', at);
  }
}

export function reapNodes(
  model: StoreModel,
  now: Instant,
  provenDead: readonly string[],
): ReapOutcome {
  const dead = model.nodes
    .filter(({ node }) => node.state === 'up')
    .filter(({ node }) => node.leaseUntil < now || provenDead.includes(node.id))
    .sort((a, b) => compare(a.node.id, b.node.id));
  let releasedCount = 0;
  for (const known of dead) releasedCount += end(model, known, 'dead', now);
  return { nodeIds: dead.map(({ node }) => node.id), releasedCount };
}

function end(model: StoreModel, known: ModelNode, state: Node['state'], at: Instant): number {
  known.node.state = state;
  known.node.leaseUntil = Math.min(known.node.leaseUntil, at);
  model.changed = true;
  const reserved = liveRuns(model).filter(
    ({ run }) => run.nodeId === known.node.id && run.state !== 'RUNNING',
  );
  for (const { run } of reserved) run.nodeId = null;
  return reserved.length;
}

export function findLostRuns(model: StoreModel): Run[] {
  return liveRuns(model)
    .map(({ run }) => run)
    .filter((run) => run.state === 'RUNNING' && !nodeIsUp(model, run.nodeId ?? ''))
    .sort((a, b) => (a.startedAt ?? 0) - (b.startedAt ?? 0) || compare(a.id, b.id));
}

export function listNodes(model: StoreModel): Node[] {
  const rank = (node: Node): number => (node.state === 'up' ? 0 : 1);
  return model.nodes
    .map(({ node }) => node)
    .sort((a, b) => rank(a) - rank(b) || b.startedAt - a.startedAt || compare(a.id, b.id));
}

export function cancelRunIds(model: StoreModel, nodeId: string): string[] {
  return liveRuns(model)
    .map(({ run }) => run)
    .filter((run) => run.nodeId === nodeId && run.state === 'RUNNING' && run.cancelRequested)
    .map(({ id }) => id)
    .sort(compare);
}

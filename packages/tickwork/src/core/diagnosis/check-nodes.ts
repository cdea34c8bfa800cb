import { isAlive, type Node } from '../model/node.ts';
import { formatDuration } from '../time/duration.ts';
import { type Ailment, ailment } from './ailment.ts';
import type { HealthBounds } from './check-job.ts';

/** What is wrong with the nodes as a whole. `hasWork`: a job is in force or a run is live. */
export function checkNodes(
  nodes: readonly Node[],
  hasWork: boolean,
  { now, recoveryMs }: HealthBounds,
): readonly Ailment[] {
  const found: Ailment[] = [];
  for (const node of nodes) {
    if (node.state !== 'up' || node.leaseUntil >= now - recoveryMs) continue;
    const ago = formatDuration(now - node.leaseUntil);
    const words = `The node ${node.name} counts as up, but its lease ended ${ago} ago.`;
    found.push(ailment('expired-node', 'warning', { nodeId: node.id }, words));
  }
  if (hasWork && !nodes.some((node) => isAlive(node, now))) {
    found.push(ailment('no-node', 'warning', {}, 'There is work, but no node is up.'));
  }
  return found;
}

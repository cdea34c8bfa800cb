import type { Node } from '../core/model/node.ts';
import type { ProcessWatch } from '../core/ports/process-watch.ts';
import {
  hasExited,
  type ProcessIdentity,
  type ProcessProbe,
  readStartTicks,
  systemProbe,
} from './process-identity.ts';

/** The namespace outside of all containers has this fixed number (PROC_PID_INIT_INO). */
const INITIAL_NAMESPACE = '4026531836';

/**
 * Tells which nodes of this host are certainly dead, from what the system says about
 * their process. In doubt (another system, unreadable facts, another container) a node
 * counts as alive, and its lease decides.
 *
 * `own`: the identity of this process. A node of an earlier boot counts as gone only if
 * both ran outside containers on one machine id: images and clones share names and ids.
 */
export function createProcessWatch(
  own: ProcessIdentity,
  probe: ProcessProbe = systemProbe,
): ProcessWatch {
  const here = partsOf(own);

  function isGone(node: Node): boolean {
    const there = partsOf(node);
    if (here === null || there === null || node.host !== own.host) return false;
    if (there.boot !== here.boot) {
      return (
        there.machine !== '' &&
        there.machine === here.machine &&
        there.namespace === INITIAL_NAMESPACE &&
        here.namespace === INITIAL_NAMESPACE
      );
    }
    if (there.namespace !== here.namespace) return false;
    const ticks = readStartTicks(probe, node.pid);
    // Systems can hide the processes of other users below /proc, but not their existence.
    if (ticks === null) return !probe.mayExist(node.pid);
    return ticks !== there.ticks || hasExited(probe, node.pid);
  }

  return Object.freeze({ isGone });
}

interface IdentityParts {
  readonly machine: string;
  readonly boot: string;
  readonly namespace: string;
  readonly ticks: string;
}

function partsOf(identity: ProcessIdentity): IdentityParts | null {
  const [machine, boot] = identity.bootId.split('/');
  const [namespace, ticks] = identity.processStart.split('/');
  if (machine === undefined || !boot || !namespace || !ticks) return null;
  if (!Number.isSafeInteger(identity.pid) || identity.pid <= 0) return null;
  return { machine, boot, namespace, ticks };
}

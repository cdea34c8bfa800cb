import type { Node } from '../model/node.ts';

/** Proof of death: whether a node of this same host is certainly gone. */
export interface ProcessWatch {
  /**
   * True only if the node ran on this host in an earlier boot, or in this boot under a
   * process id that is free now or belongs to a process with another start time.
   */
  isGone(node: Node): boolean;
}

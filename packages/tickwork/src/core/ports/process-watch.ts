import type { Node } from '../model/node.ts';

/** What the processes of an attempt carry in their environment, on the host where it runs. */
export interface AttemptMark {
  /** The mark of the engine's process that began the attempt. */
  readonly engine: string;
  readonly runId: string;
  readonly fence: number;
}

/** Proof of death, and what the dead have left running on this host. */
export interface ProcessWatch {
  /**
   * True only if the node ran on this host in an earlier boot, or in this boot under a
   * process id that is free now or belongs to a process with another start time.
   */
  isGone(node: Node): boolean;
  /** Attempts of these gone nodes of which processes still run. Absent: it cannot be told. */
  findLeftovers?(nodes: readonly Node[]): readonly AttemptMark[];
  /**
   * Asks their processes to end and, after the grace of their attempts, ends them by force.
   * Resolves when none runs any more, or when nothing helps; never rejects.
   */
  endLeftovers?(leftovers: readonly AttemptMark[]): Promise<void>;
}

/** What can go wrong with a stream; after the first two nobody reads it any more. */
export type Trouble = 'pipe closed' | 'terminal closed' | 'write failed';

/** The part of a stream that commands know; a `ProcessStream` outside of tests. */
export interface Sink {
  write(text: string): unknown;
  readonly isTTY?: boolean;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  /** Aborted when nobody can read any more; commands that follow something end then. */
  readonly gone?: AbortSignal;
  onTrouble?(listener: (trouble: Trouble) => void): void;
  allowLoss?(): void;
}

/** What can go wrong with a stream; after the first two nobody reads it any more. */
export type Trouble = 'pipe closed' | 'terminal closed' | 'write failed';

/** What commands know of a stream. They write to it through `Output` alone. */
export interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number | undefined;
  readonly rows?: number | undefined;
  /** Aborted when nobody can read any more; commands that follow something end then. */
  readonly gone?: AbortSignal;
  onTrouble?(listener: (trouble: Trouble) => void): void;
  allowLoss?(): void;
}

/** A stream that is written to; a `ProcessStream` outside of tests. */
export interface Sink extends Terminal {
  write(text: string): unknown;
}

import type { Path } from './located.ts';

/** A JavaScript or TypeScript file whose exports are tasks. */
export interface TaskModule {
  /** Absolute. */
  readonly path: string;
  /** Where the file names it; `null`: it was found beside the file, and may hold no task. */
  readonly place: Path | null;
}

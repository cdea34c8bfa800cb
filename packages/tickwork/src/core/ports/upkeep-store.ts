import type { ErrorCode } from '../base/errors.ts';
import type { Instant } from '../time/instant.ts';

/** Something of the store itself that is wrong. */
export interface StoreFault {
  /** STORE_CORRUPT: damage. STORE_FULL, STORE_READ_ONLY, STORE_LOCKED, …: writes fail. */
  readonly code: ErrorCode;
  readonly jobName: string | null;
  readonly runId: string | null;
  /** One English sentence. */
  readonly message: string;
  /** What `repair` does about it, one English sentence; `null` = `repair` does nothing. */
  readonly repair: string | null;
}

/** Looking after the store itself. */
export interface UpkeepStore {
  /**
   * Looks for damage: tries a write, compares tables and columns with those of this version, and
   * reads every text of every job and live run. Changes nothing. At most 100 faults.
   *
   * `systemNow`: the clock of this process, uncorrected, epoch ms, which the kept instants are
   * compared with.
   */
  examine(systemNow: Instant): Promise<readonly StoreFault[]>;

  /**
   * Calls `listener` for each text of a row that could not be read. The store sets it aside, so
   * that it stops nothing else, and the row runs nothing any more; `examine` names it from then on.
   */
  watchFaults?(listener: (fault: StoreFault) => void): void;

  /**
   * The part of `examine` that a node asks for at its start: traces of a clock that was wrong.
   * `null` = none. Cheap where there are none.
   */
  examineClock(systemNow: Instant): Promise<StoreFault | null>;

  /**
   * Does what `examine` names under `repair`, in one transaction, and answers with those faults.
   * Repeating it does nothing more. No node may be up.
   */
  repair(systemNow: Instant): Promise<readonly StoreFault[]>;
}

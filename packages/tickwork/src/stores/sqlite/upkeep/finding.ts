import type { StoreFault } from '../../../core/ports/upkeep-store.ts';

/** A fault of the store, and how it is mended. */
export interface Finding {
  readonly fault: StoreFault;
  /** Runs inside the transaction of `repair`; `null` = nothing can be done by itself. */
  readonly mend: (() => void) | null;
}

type Subject = Partial<Pick<StoreFault, 'jobName' | 'runId'>>;

/** Damage that `mend` repairs as `repair` says, or that only a person can. */
export function damage(
  message: string,
  subject: Subject = {},
  mending: { readonly repair: string; readonly mend: () => void } | null = null,
): Finding {
  const { jobName = null, runId = null } = subject;
  const repair = mending?.repair ?? null;
  const fault = { code: 'STORE_CORRUPT', jobName, runId, message, repair } as const;
  return { fault, mend: mending?.mend ?? null };
}

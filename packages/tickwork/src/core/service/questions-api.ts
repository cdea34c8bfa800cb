import type { JobAudit } from '../audit/audit-job.ts';
import type { Explanation } from '../explain/explanation.ts';

export type { JobAudit } from '../audit/audit-job.ts';
export type { AuditFinding, AuditKind } from '../audit/finding.ts';
export type { ExplainStep, Explanation, Verdict } from '../explain/explanation.ts';

import type { Instant } from '../time/instant.ts';

export interface AuditOptions {
  /** Only this job; default: all. */
  readonly job?: string;
  /**
   * From where on: an instant, or a length before now such as `7d` (the default). A job is
   * audited from its oldest kept instant at the earliest.
   */
  readonly since?: Instant | Date | string;
}

export interface AuditReport {
  readonly auditedAt: Instant;
  readonly sinceAt: Instant;
  readonly expectedCount: number;
  /** 0 = every instant has exactly one fate. */
  readonly findingCount: number;
  /** In the order of their names. */
  readonly jobs: readonly JobAudit[];
}

/** Questions about plans, answered by the planner's own functions. Nothing is written. */
export interface Questions {
  /**
   * Computes the plan again, from the revisions that were in force, and compares it with the
   * ledger: every instant has one run or stands in one skipped stretch.
   *
   * Throws JOB_NOT_FOUND, INVALID_INSTANT, INVALID_DURATION; retrying cannot help.
   *
   * @example
   * const { findingCount } = await scheduler.audit({ since: '7d' });
   */
  audit(options?: AuditOptions): Promise<AuditReport>;

  /**
   * Why a job did or did not run at an instant: what was in force, what the trigger says, and
   * each decision with what it was decided by. `at` is epoch ms, a `Date` or ISO text; a whole
   * second stands for the job's instant in that second.
   *
   * Throws JOB_NOT_FOUND, INVALID_INSTANT; retrying cannot help.
   *
   * @example
   * const { verdict, steps } = await scheduler.explain('backup', { at: '2026-12-01T02:00' });
   */
  explain(job: string, question: { readonly at: Instant | Date | string }): Promise<Explanation>;
}

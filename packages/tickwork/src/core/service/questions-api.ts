import type { JobAudit } from '../audit/audit-job.ts';

export type { JobAudit } from '../audit/audit-job.ts';
export type { AuditFinding, AuditKind } from '../audit/finding.ts';

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
}

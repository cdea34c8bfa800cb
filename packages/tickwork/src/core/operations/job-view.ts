import type { Job } from '../model/job.ts';
import type { Instant } from '../time/instant.ts';

/** A job as shown to people and programs. */
export interface JobView extends Job {
  /** The trigger in words. */
  readonly describe: { readonly en: string; readonly 'zh-CN': string };
  /** False: no node that is up can run its task (`no handler`). `null`: unknown (not started). */
  readonly hasHandler: boolean | null;
  readonly runningCount: number;
  /** The IANA zone whose clock the trigger reads; `null`: it reads none. */
  readonly zone: string | null;
  /**
   * The next instant that will run as things stand; `null` = none. Unlike `nextFireAt`, the next
   * one that the planner decides, it is never one that a pause or `skip` passes over.
   */
  readonly nextRunAt: Instant | null;
}

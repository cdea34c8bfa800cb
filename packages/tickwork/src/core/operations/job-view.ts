import type { Job } from '../model/job.ts';

/** A job as shown to people and programs. */
export interface JobView extends Job {
  /** The trigger in words. */
  readonly describe: { readonly en: string; readonly 'zh-CN': string };
  /** False: no node that is up can run its task (`no handler`). `null`: unknown (not started). */
  readonly hasHandler: boolean | null;
  readonly runningCount: number;
}

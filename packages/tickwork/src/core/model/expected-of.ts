import type { Expected } from '../ports/job-store.ts';
import type { Job } from './job.ts';

/** The compare part of a compare-and-set on a job as it was read. */
export function expectedOf(job: Job): Expected {
  return { jobId: job.id, revision: job.revision, cursorAt: job.cursorAt, status: job.status };
}

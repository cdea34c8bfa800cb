import type { Json } from '../base/json.ts';
import type { JobStatus } from '../model/job.ts';
import type { TriggerInput } from '../trigger/trigger-input.ts';
import type { PoliciesInput } from './parse-policies.ts';

/** What users write for a job; `parseJob` completes it. */
export interface JobInput extends PoliciesInput {
  /** When. Either here or with its keys directly in the job (`every`, `cron`, `daily`, …). */
  readonly trigger?: TriggerInput | readonly TriggerInput[];
  /** What: the name of a function task, or a task of another kind (`{script: 'backup.sh'}`). */
  readonly task: string | Readonly<Record<string, unknown>>;
  readonly input?: Json;
  readonly tags?: readonly string[];
  readonly description?: string;
  readonly status?: Exclude<JobStatus, 'paused'>;
  readonly [triggerKey: string]: unknown;
}

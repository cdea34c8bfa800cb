import type { Job, JobDefinition } from '../../../tickwork/src/core/model/job.ts';
import { defaultPolicies, type Policies } from '../../../tickwork/src/core/model/policy.ts';
import { freshMemory } from '../../../tickwork/src/core/model/trigger-memory.ts';
import type { TriggerSpec } from '../../../tickwork/src/core/model/trigger-spec.ts';

export interface TestDefinition extends Partial<Omit<JobDefinition, 'policies'>> {
  readonly policies?: Partial<Policies>;
}

const HOURLY: TriggerSpec = { kind: 'interval', everyMs: 3_600_000 };

/** A definition with the defaults for what a test does not care for. */
export function definition(fields: TestDefinition = {}): JobDefinition {
  return {
    trigger: HOURLY,
    task: { kind: 'function', name: 'work', options: {} },
    input: null,
    tags: [],
    description: '',
    ...fields,
    policies: { ...defaultPolicies, ...fields.policies },
  };
}

/** A job as a store gives it, in force since instant 0. */
export function storedJob(given: TestDefinition = {}, fields: Partial<Job> = {}): Job {
  return {
    id: 1,
    name: 'job',
    revision: 1,
    definition: definition(given),
    source: { kind: 'code', id: '' },
    status: 'active',
    statusReason: null,
    pausedUntilAt: null,
    createdAt: 0,
    effectiveAt: 0,
    cursorAt: 0,
    nextFireAt: 0,
    memory: freshMemory(0),
    zoneVersion: 'z1',
    stats: {
      successCount: 0,
      failureCount: 0,
      cancelledCount: 0,
      skippedCount: 0,
      lastStartedAt: null,
      lastEndedAt: null,
      lastState: null,
      lastError: null,
      durationMsTotal: 0,
    },
    failuresInRow: 0,
    holdUntilAt: null,
    skipWindows: [],
    ...fields,
  };
}

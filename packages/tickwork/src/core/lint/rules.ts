import { clockChange } from './clock-change.ts';
import { eitherDay } from './either-day.ts';
import type { LintRule, LintSetRule } from './lint-rule.ts';
import { longRetries } from './long-retries.ts';
import { manyMissed } from './many-missed.ts';
import { missingDay } from './missing-day.ts';
import { neverFires } from './never-fires.ts';
import { noTimeout } from './no-timeout.ts';
import { sameMinute } from './same-minute.ts';
import { shortRoom } from './short-room.ts';
import { slowRun } from './slow-run.ts';
import { unevenStep } from './uneven-step.ts';
import { unknownJob } from './unknown-job.ts';
import { visibleSecret } from './visible-secret.ts';

/** The rules about single jobs, in the order in which findings are told. */
export const jobRules: readonly LintRule[] = [
  neverFires,
  missingDay,
  unknownJob,
  eitherDay,
  unevenStep,
  clockChange,
  slowRun,
  longRetries,
  manyMissed,
  noTimeout,
  visibleSecret,
];

/** The rules about all jobs together. */
export const setRules: readonly LintSetRule[] = [sameMinute, shortRoom];

/** Every rule as tools show it. */
export const lintRules = [...jobRules, ...setRules].map(
  ({ id, severity, summary, reason, remedy, example }) => ({
    ...{ id, severity, summary, reason, remedy, example },
  }),
);

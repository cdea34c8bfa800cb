import { isTickworkError } from '../base/errors.ts';
import type { Job } from '../model/job.ts';
import { type Declared, same } from './decide-save.ts';
import { type ParseJobEnv, parseJob } from './parse-job.ts';

/**
 * Reads a declaration. What it leaves to the moment (a period that counts from "today", a
 * one-off instant that must not be past) was settled when the trigger was first declared:
 * the same text declared again, after a restart say, means the same trigger.
 */
export function declare(
  name: string,
  input: unknown,
  env: ParseJobEnv,
  existing: Job | null,
): Declared {
  const asThen = existing === null ? null : readAsThen(name, input, env, existing);
  return asThen ?? parseJob(name, input, env);
}

function readAsThen(
  name: string,
  input: unknown,
  env: ParseJobEnv,
  existing: Job,
): Declared | null {
  try {
    const read = parseJob(name, input, { ...env, now: existing.memory.anchorAt });
    return same(read.definition.trigger, existing.definition.trigger) ? read : null;
  } catch (error) {
    // Whatever is wrong is told when it is read as of now.
    if (isTickworkError(error)) return null;
    throw error;
  }
}

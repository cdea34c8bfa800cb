import type { Json } from '../../core/base/json.ts';
import type { AttemptContext } from '../../core/ports/task-kind.ts';
import { PATH_DEFAULT, type ScriptRules } from './script-config.ts';

/** Handed on from the engine's environment to every script. */
const handedOn = [
  ...['PATH', 'HOME', 'USER', 'LOGNAME', 'SHELL', 'LANG', 'LANGUAGE', 'LC_*', 'TZ', 'TMPDIR'],
  ...['SYSTEMROOT', 'TEMP', 'TMP', 'USERPROFILE'],
];

/** What jobs may always set: it changes words and times, never the code that runs. */
const harmless = ['LANG', 'LANGUAGE', 'LC_*', 'TZ'];

/** Systems limit the size of one variable; larger inputs are on stdin only. */
const INPUT_BYTES_MAX = 32 * 1024;

/** Whether a job may set this variable. Names that begin with TICKWORK_ are the engine's. */
export function maySet(name: string, rules: ScriptRules): boolean {
  return matches(name, harmless) || matches(name, rules.variables);
}

/**
 * The whole environment of a script: the allowed part of the engine's, the job's own, and
 * the facts of the attempt. The engine's other variables stay behind, and its own TICKWORK_
 * settings always do, for secrets live there.
 *
 * `start`: tells this start from all others of the engine.
 */
export function environmentOf(
  rules: ScriptRules,
  jobEnv: Readonly<Record<string, string>>,
  input: Json,
  attempt: AttemptContext,
  start: number,
): Record<string, string> {
  const env: Record<string, string> = { PATH: PATH_DEFAULT };
  const allowed = [...handedOn, ...rules.variables];
  for (const [name, value] of Object.entries(rules.environment)) {
    if (value !== undefined && matches(name, allowed)) env[name] = value;
  }
  Object.assign(env, jobEnv, {
    TICKWORK_JOB: attempt.jobName ?? '',
    TICKWORK_RUN_ID: attempt.runId,
    TICKWORK_ATTEMPT: String(attempt.attempt),
    TICKWORK_FENCE: String(attempt.fence),
    TICKWORK_SCHEDULED_AT: new Date(attempt.fireAt).toISOString(),
    TICKWORK_IDEMPOTENCY_KEY: attempt.idempotencyKey,
    TICKWORK_COALESCED_COUNT: String(attempt.coalescedCount),
    TICKWORK_CANCEL_GRACE_MS: String(attempt.cancelGraceMs),
  });
  if (rules.engine !== '') {
    env.TICKWORK_ENGINE = rules.engine;
    env.TICKWORK_START = String(start);
  }
  const text = JSON.stringify(input);
  if (Buffer.byteLength(text) <= INPUT_BYTES_MAX) env.TICKWORK_INPUT = text;
  return env;
}

function matches(name: string, patterns: readonly string[]): boolean {
  const upper = name.toUpperCase();
  if (upper.startsWith('TICKWORK_')) return false;
  // Names of variables have no case on Windows.
  const subject = process.platform === 'win32' ? upper : name;
  return patterns.some((pattern) =>
    pattern.endsWith('*') ? subject.startsWith(pattern.slice(0, -1)) : subject === pattern,
  );
}

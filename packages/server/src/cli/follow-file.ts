import type { Scheduler } from 'tickwork';
import { unknownNames } from '../config/check-jobs.ts';
import type { LoadedConfig } from '../config/load-config.ts';
import type { LoadedTasks } from '../config/load-tasks.ts';
import { formatProblem, problemLines } from '../config/problem.ts';
import { type ReloadOutcome, reload } from '../config/reload.ts';
import { REMOVAL_WAIT_MS, Reloader } from '../config/reloader.ts';
import type { Overrides } from '../config/settings.ts';
import { watchFile } from '../config/watch-file.ts';
import { openTrial } from './dry-scheduler.ts';
import type { RunLog } from './run-log.ts';

const NAMES_MAX = 20;

/**
 * Reads the file of a running scheduler again when it changes and on SIGHUP, and logs what comes of
 * it, until `stop` resolves.
 */
export function followFile(
  scheduler: Scheduler,
  config: LoadedConfig,
  options: { readonly overrides: Overrides; readonly tasks: LoadedTasks; readonly log: RunLog },
): { readonly stop: () => Promise<void> } {
  const { overrides, tasks, log } = options;
  const reloader = new Reloader({
    config,
    read: (running, mayRemove) =>
      reload(scheduler, running, { overrides, tasks, openTrial, mayRemove }),
    tell: (outcome) => tellReading(outcome, log),
    after: (delayMs, call) => {
      const timer = setTimeout(call, delayMs);
      return () => clearTimeout(timer);
    },
    onError: (error) => log.log('error', String(error)),
  });
  const stopWatching = watchFile(config.file, config.source.text, () => reloader.changed());
  const onHangUp = (): void => reloader.asked();
  process.on('SIGHUP', onHangUp);
  return {
    stop: async () => {
      stopWatching();
      await reloader.stop();
      process.off('SIGHUP', onHangUp);
    },
  };
}

/** What of a file that is accepted is not read, and which of its jobs do not run. */
export function tellFlaws({ warnings, rejected }: LoadedConfig, log: RunLog): void {
  for (const line of problemLines(warnings)) log.log('warn', line);
  for (const line of problemLines(rejected)) log.log('error', `left out: ${line}`);
}

/** Jobs that no longer run because their file does not declare them any more. */
export function tellRemoved(names: readonly string[], log: RunLog): void {
  if (names.length === 0) return;
  log.log('warn', 'disabled, as the file no longer declares them', { jobs: listed(names) });
}

function tellReading(outcome: ReloadOutcome, log: RunLog): void {
  if (!outcome.ok) {
    const [first] = outcome.problems;
    const more = outcome.problems.length > 1 ? ` (and ${outcome.problems.length - 1} more)` : '';
    const text = first === undefined ? '' : formatProblem(first);
    log.log('error', `the configuration is wrong; the former one stays: ${text}${more}`);
    return;
  }
  tellFlaws(outcome.config, log);
  const { added, changed, disabled, kept } = outcome.applied;
  log.log('info', 'configuration read again', {
    added: added.length,
    changed: changed.length,
    disabled: disabled.length,
  });
  for (const warning of unknownNames(outcome.config, outcome.applied)) {
    log.log('warn', formatProblem(warning));
  }
  tellRemoved(disabled, log);
  if (kept.length > 0) {
    const seconds = REMOVAL_WAIT_MS / 1000;
    log.log(
      'warn',
      `gone from the file; disabled once it has not changed for ${seconds} s, or at SIGHUP`,
      { jobs: listed(kept) },
    );
  }
  if (outcome.restartFor.length > 0) {
    log.log('warn', 'takes effect at the next start', { options: outcome.restartFor.join(',') });
  }
}

function listed(names: readonly string[]): string {
  const more = names.length > NAMES_MAX ? ` and ${names.length - NAMES_MAX} more` : '';
  return `${names.slice(0, NAMES_MAX).join(', ')}${more}`;
}

import { existsSync, mkdirSync } from 'node:fs';
import { dirname, relative, resolve } from 'node:path';
import { createScheduler, errorCatalogue, type Scheduler } from 'tickwork';
import { checkJobs, unknownNames } from '../../config/check-jobs.ts';
import { leaveOut } from '../../config/leave-out.ts';
import type { LoadedConfig } from '../../config/load-config.ts';
import { loadTasks, withoutHandler } from '../../config/load-tasks.ts';
import { formatProblem } from '../../config/problem.ts';
import { applyConfig } from '../../config/reload.ts';
import type { Overrides } from '../../config/settings.ts';
import { type CommandContext, type CommandOptions, textOption } from '../command.ts';
import { openTrial, schedulerOptions } from '../dry-scheduler.ts';
import { ConfigProblems } from '../fail.ts';
import { followFile, tellFlaws, tellRemoved } from '../follow-file.ts';
import { LiveView } from '../live-view.ts';
import { DEFAULT_FILE, readConfig } from '../open-scheduler.ts';
import { durationOption } from '../options.ts';
import { outliveOutput, TERMINAL_CLOSED } from '../outlive-output.ts';
import type { Output } from '../output.ts';
import { leaveProcessOne } from '../process-one.ts';
import { logFacts } from '../run-facts.ts';
import { RunLog } from '../run-log.ts';
import { listenForStop } from '../signals.ts';

const DRAIN_MS = 30_000;
/** As if SIGHUP had ended it: 128 + 1. */
const TERMINAL_CLOSED_EXIT = 129;

/**
 * Runs the jobs of a file until a signal ends it. Opens no port. The first INT or TERM
 * stops in good order, the second at once; HUP and a changed file are read again.
 */
export async function run(
  context: CommandContext,
  [file]: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<number> {
  const asProcessOne = leaveProcessOne();
  const overrides = overridesOf(options);
  const forMs = durationOption(options, 'for');
  let config = readConfig(file ?? textOption(options, 'file'), context, overrides);
  const { out } = context;
  const log = new RunLog(config.settings.log, {
    json: out.json,
    print: (line) => out.log(line),
  });
  const tasks = await loadTasks(config);
  const found = await checkJobs(config, openTrial);
  if ('problems' in tasks) throw new ConfigProblems([...tasks.problems, ...found]);
  const alone = config.judgesJobsAlone ? withoutHandler(config, tasks) : [];
  const { problems, ...settled } = leaveOut(config, [...found, ...alone]);
  if (problems.length > 0) throw new ConfigProblems(problems);
  config = settled.config;

  const scheduler = await open(config, log);
  tasks.register(scheduler);
  const applied = await applyConfig(scheduler, config);
  const stop = listenForStop({ drainMs: DRAIN_MS, forMs, words: (text) => out.words(text) });
  outliveOutput(out, log, stop.request);
  greet(context, config);
  for (const warning of withoutHandler(config, tasks)) log.log('warn', formatProblem(warning));
  tellFlaws(config, log);
  for (const warning of unknownNames(config, applied)) log.log('warn', formatProblem(warning));
  tellRemoved(applied.disabled, log);
  if (asProcessOne !== null) log.log('warn', asProcessOne);
  const view = canDraw(out, options) ? new LiveView(out, scheduler) : null;
  if (view !== null) log.redirect((line) => view.print(line));
  // First, so that what it shows is right when a line is printed.
  view?.start();
  const stopLogging = logFacts(scheduler, log);
  await scheduler.start();
  log.log('info', 'scheduler started', { jobs: Object.keys(config.jobs).length });

  const following = followFile(scheduler, config, { overrides, tasks, log });
  // With a status other than 0, so that a supervisor starts it again on what lies there now.
  scheduler.on('store.lost', ({ code }) => stop.request(code));

  await stop.requested;
  view?.stop();
  log.redirect((line) => out.log(line));
  await following.stop();
  await scheduler.stop({ drain: true, timeoutMs: DRAIN_MS });
  stopLogging();
  await scheduler.close();
  log.log('info', 'scheduler stopped', { reason: stop.reason() });
  stop.forget();
  out.answer({ stopped: stop.reason() });
  return statusOf(stop.reason());
}

/** Only a stop that was asked for is no failure: a supervisor starts the others again. */
function statusOf(reason: string): number {
  if (reason === TERMINAL_CLOSED) return TERMINAL_CLOSED_EXIT;
  return reason === 'STORE_REPLACED' ? errorCatalogue.STORE_REPLACED.exit : 0;
}

function canDraw(out: Output, options: CommandOptions): boolean {
  return out.stdout.isTTY === true && !out.json && options.plain !== true;
}

function overridesOf(options: CommandOptions): Overrides {
  const pairs = [
    ['store', textOption(options, 'store')],
    ['name', textOption(options, 'name')],
    ['timezone', textOption(options, 'timezone')],
    ['log.level', textOption(options, 'logLevel')],
  ] as const;
  return Object.fromEntries(pairs.filter(([, value]) => value !== undefined));
}

async function open(config: LoadedConfig, log: RunLog): Promise<Scheduler> {
  const { settings } = config;
  // The database and what is in it are nobody else's business.
  mkdirSync(dirname(settings.store), { recursive: true, mode: 0o700 });
  return await createScheduler({
    store: settings.store,
    concurrency: settings.concurrency,
    defaults: settings.defaults,
    logger: log,
    ...(settings.name === null ? {} : { name: settings.name }),
    ...schedulerOptions(settings),
  });
}

/** Says where to look. In a checkout the command is `./bin/tickwork`. */
function greet(context: CommandContext, config: LoadedConfig): void {
  const here = (path: string): string => relative(process.cwd(), path) || '.';
  const command = existsSync('bin/tickwork') ? './bin/tickwork' : 'tickwork';
  const isDefault = config.file === resolve(DEFAULT_FILE);
  const flag = isDefault ? '' : ` --file ${here(config.file)}`;
  const { description, store } = config.settings;
  const lines = [
    `tickwork runs ${Object.keys(config.jobs).length} jobs of ${here(config.file)}`,
    ...(description === null
      ? []
      : description
          .trimEnd()
          .split('\n')
          .map((line) => `  ${line}`)),
    `  runs      ${command} runs ls${flag}`,
    `  jobs      ${command} jobs ls${flag}`,
    `  store     ${here(store)}`,
    '  stop      Ctrl-C (waits for running work), twice to stop at once',
  ];
  for (const line of lines) context.out.words(line);
}

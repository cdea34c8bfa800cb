import { type ApplyResult, isTickworkError, type Scheduler } from 'tickwork';
import { fileSource } from './file-source.ts';
import type { LoadedConfig } from './load-config.ts';
import { nearest, type Path } from './located.ts';
import { type Problem, problemAtPath, sortProblems } from './problem.ts';
import type { Secrets } from './secrets.ts';

/** Jobs that run after a name that no job has, where that is written; as warnings. */
export function unknownNames(
  config: LoadedConfig,
  { unknown }: Pick<ApplyResult, 'unknown'>,
): readonly Problem[] {
  return unknown.map(({ jobName, upstream, meant }) => {
    const job = config.jobPaths.get(jobName) ?? ['jobs', jobName];
    const path = [
      [...job, 'after'],
      [...job, 'trigger'],
    ].find((each) => nearest(config.root, each).exact);
    const hint = meant === null ? '' : ` Did you mean ${JSON.stringify(meant)}?`;
    const message =
      `${JSON.stringify(upstream)} — no job of this file or its store has that name, so that ` +
      `${jobName} never runs.${hint}`;
    const hidden = config.secrets.hide(message);
    const problem = problemAtPath(config.source, config.root, path ?? job, hidden);
    return { ...problem, severity: 'warning' };
  });
}

/** What `unknownNames` tells of a file by itself, without a store. */
export async function checkNames(
  config: LoadedConfig,
  openTrial: OpenTrial,
): Promise<readonly Problem[]> {
  const scheduler = await openTrial(config);
  try {
    const source = fileSource(config);
    await scheduler.applyCalendars(config.calendars, source);
    return unknownNames(config, await scheduler.applyJobs(source, config.jobs, { dryRun: true }));
  } finally {
    await scheduler.close();
  }
}

/** Opens a scheduler that keeps and runs nothing, to ask questions. */
export type OpenTrial = (config: LoadedConfig) => Promise<Scheduler>;

/**
 * Asks the engine itself about calendars and jobs, each alone, so that all errors of a
 * file are told at once, each at its place in the file. Nothing is written anywhere.
 */
export async function checkJobs(
  config: LoadedConfig,
  openTrial: OpenTrial,
): Promise<readonly Problem[]> {
  const problems: Problem[] = [];
  const note = (error: unknown, path: Path, prefix: string): void => {
    problems.push(describe(error, config, path, prefix));
  };
  const scheduler = await attempt(
    () => openTrial(config),
    (error) => note(error, [], ''),
  );
  if (scheduler === undefined) return problems;
  const source = fileSource(config);
  for (const [name, calendar] of Object.entries(config.calendars)) {
    const path = ['calendars', name];
    await attempt(
      () => scheduler.applyCalendars({ [name]: calendar }, source),
      (error) => note(error, path, `calendars.${name}`),
    );
  }
  if (problems.length === 0) {
    await attempt(
      () => scheduler.applyCalendars(config.calendars, source),
      (error) => note(error, ['calendars'], 'calendars'),
    );
  }
  const wrong = new Set<string>();
  for (const [name, job] of Object.entries(config.jobs)) {
    await attempt(
      () => scheduler.applyJobs(source, { [name]: job }, { dryRun: true }),
      (error) => {
        wrong.add(name);
        note(error, config.jobPaths.get(name) ?? ['jobs', name], `jobs.${name}`);
      },
    );
  }
  if (wrong.size === 0) {
    // What only shows in the whole: circles of jobs that wait for each other.
    await attempt(
      () => scheduler.applyJobs(source, config.jobs, { dryRun: true }),
      (error) => note(error, ['jobs'], 'jobs'),
    );
  }
  await scheduler.close();
  return sortProblems(problems);
}

async function attempt<Result>(
  action: () => Promise<Result>,
  onError: (error: unknown) => void,
): Promise<Result | undefined> {
  try {
    return await action();
  } catch (error) {
    onError(error);
    return undefined;
  }
}

function describe(error: unknown, config: LoadedConfig, path: Path, prefix: string): Problem {
  const { source, root, secrets } = config;
  if (!isTickworkError(error)) {
    return problemAtPath(source, root, path, secrets.hide(String(error)));
  }
  const place = [...path, ...stepsBelow(error.field ?? '', prefix)];
  const shown = error.value === undefined ? '' : `${shownValue(error.value, place, secrets)} — `;
  const remedy = error.remedy === undefined ? '' : ` ${error.remedy}`;
  // A reason may repeat the value, and a value may stand at another place than the error.
  return problemAtPath(source, root, place, secrets.hide(`${shown}${error.reason}${remedy}`));
}

function shownValue(value: unknown, place: Path, secrets: Secrets): string {
  return secrets.standInAt(place) ?? shorten(JSON.stringify(value));
}

/** `jobs.a.b.times[3]` below `jobs.a.b` is `times`, `3`. */
function stepsBelow(field: string, prefix: string): Path {
  const isBelow = prefix !== '' && field.startsWith(prefix);
  const rest = isBelow ? field.slice(prefix.length) : `.${field}`;
  return [...rest.matchAll(/\.(?<key>[^.[]+)|\[(?<index>\d+)\]/gu)].map(
    ({ groups }) => groups?.key ?? Number(groups?.index),
  );
}

function shorten(text: string | undefined): string {
  if (text === undefined) return '';
  return text.length > 120 ? `${text.slice(0, 120)}…` : text;
}

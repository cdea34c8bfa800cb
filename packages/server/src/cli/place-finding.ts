import type { LintFinding } from 'tickwork';
import type { LoadedConfig } from '../config/load-config.ts';
import { nearest, type Path } from '../config/located.ts';
import { problemAtPath } from '../config/problem.ts';
import type { PlacedFinding } from './sarif.ts';

/** The keys that are a trigger when they stand directly in a job. */
const TRIGGER_KEYS = [
  ...['trigger', 'cron', 'every', 'daily', 'weekly', 'monthly', 'everyDays', 'everyWeeks'],
  ...['everyMonths', 'once', 'random', 'startup', 'after', 'manual', 'any', 'schedule'],
];

/** A finding at the line and column of the file that it is about, as near as the file tells. */
export function placeFinding(config: LoadedConfig, finding: LintFinding): PlacedFinding {
  const { source, root } = config;
  const job = finding.jobName === null ? [] : (config.jobPaths.get(finding.jobName) ?? []);
  const exact = candidates(job, finding.path).find((path) => nearest(root, path).exact);
  const path = exact ?? job;
  const place = path === job ? 'key' : 'value';
  const { file, line, column } = problemAtPath(source, root, path, '', place);
  return { ...finding, file, line, column };
}

function candidates(job: Path, path: Path): readonly Path[] {
  if (path[0] === 'trigger') return TRIGGER_KEYS.map((key) => [...job, key]);
  if (path[0] === 'task')
    return [
      [...job, ...path],
      [...job, ...path.slice(1)],
      [...job, 'task'],
    ];
  return path.map((_, i) => [...job, ...path.slice(0, path.length - i)]);
}

import type { LoadedConfig } from './load-config.ts';
import { formatPath } from './located.ts';
import type { Problem } from './problem.ts';

/**
 * Divides what is wrong with a file's jobs. Where the format refuses each wrong job by itself
 * (`ConfigFormat.jobList`), these jobs are left out and told in `rejected`, and the others may
 * run; `problems` is what refuses the file as a whole: everything, in other formats. Pure.
 */
export function leaveOut(
  config: LoadedConfig,
  found: readonly Problem[],
): { readonly config: LoadedConfig; readonly problems: readonly Problem[] } {
  if (!config.refusesJobsAlone) return { config, problems: found };
  const rejected: Problem[] = [];
  const problems: Problem[] = [];
  const wrong = new Set<string>();
  for (const problem of found) {
    const name = jobAt(config, problem);
    if (name === null) problems.push(problem);
    else {
      wrong.add(name);
      rejected.push({ ...problem, severity: 'error' });
    }
  }
  const jobs = Object.entries(config.jobs).filter(([name]) => !wrong.has(name));
  const left = { jobs: Object.fromEntries(jobs), rejected: [...config.rejected, ...rejected] };
  return { config: { ...config, ...left }, problems };
}

function jobAt(config: LoadedConfig, problem: Problem): string | null {
  for (const [name, path] of config.jobPaths) {
    const place = formatPath(path);
    if (problem.path === place || problem.path.startsWith(`${place}.`)) return name;
  }
  return null;
}

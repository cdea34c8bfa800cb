import type { LoadedConfig } from './load-config.ts';
import { formatPath } from './located.ts';
import type { Problem } from './problem.ts';

/**
 * Divides what is wrong with a file's jobs. Where the format refuses each wrong job by itself
 * (`ConfigFormat.judgesJobsAlone`), these jobs are left out and told in `rejected`, and the
 * others may run; `problems` is what refuses the file as a whole: everything, in other formats.
 * Pure; linear.
 */
export function leaveOut(
  config: LoadedConfig,
  found: readonly Problem[],
): { readonly config: LoadedConfig; readonly problems: readonly Problem[] } {
  if (!config.judgesJobsAlone) return { config, problems: found };
  const rejected: Problem[] = [];
  const problems: Problem[] = [];
  const wrong = new Set<string>();
  const jobAt = jobsByPlace(config);
  for (const problem of found) {
    const name = jobAt(problem.path);
    if (name === undefined) problems.push(problem);
    else {
      wrong.add(name);
      rejected.push({ ...problem, severity: 'error' });
    }
  }
  const jobs = Object.entries(config.jobs).filter(([name]) => !wrong.has(name));
  const left = { jobs: Object.fromEntries(jobs), rejected: [...config.rejected, ...rejected] };
  return { config: { ...config, ...left }, problems };
}

/** Finds the job in whose place, or below it, a path lies. */
function jobsByPlace(config: LoadedConfig): (path: string) => string | undefined {
  const names = new Map([...config.jobPaths].map(([name, path]) => [formatPath(path), name]));
  return (path) => {
    let found = names.get(path);
    for (let end = path.lastIndexOf('.'); found === undefined && end > 0; ) {
      found = names.get(path.slice(0, end));
      end = path.lastIndexOf('.', end - 1);
    }
    return found;
  };
}

import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { JobInput, PoliciesInput } from 'tickwork';
import { z } from 'zod';
import type { Interpreted } from '../config-format.ts';
import type { Located, Path } from '../located.ts';
import { type Problem, problemAtPath, type Source } from '../problem.ts';

/** `predefined_tasks`: which of the scheduler's own tasks run, and how often. */
export const predefinedSchema = z.record(
  z.string(),
  z.strictObject({
    enabled: z.boolean().optional().describe('false: listed, never run; default true.'),
    interval_seconds: z.number().min(0.001).optional().describe('Seconds between two runs.'),
    description: z.string().optional().describe('Text for people.'),
  }),
);

type Entry = z.output<typeof predefinedSchema>[string];

interface Predefined {
  /** The script, seen from the file; `null`: a task that the format brings along. */
  readonly script: string | null;
  readonly intervalSeconds: number;
  readonly description: string;
}

/** The tasks that the main program of the Python scheduler adds. */
const predefinedTasks: ReadonlyMap<string, Predefined> = new Map([
  ['data_upload', of('client/updata.py', 3600, '数据上传任务')],
  ['sensor_collection', of('sensor_data_collection.py', 300, '传感器数据采集')],
  ['heartbeat', of('client/heart_beat.py', 30, '心跳检测')],
  ['log_cleanup', of(null, 86_400, '日志清理')],
]);

function of(script: string | null, intervalSeconds: number, description: string): Predefined {
  return { script, intervalSeconds, description };
}

/**
 * What the Python scheduler does with each of them: a run at once after the start and then one
 * after each interval; an instant that comes while it runs waits for its end, and nothing is
 * made up for.
 */
const policies: PoliciesInput = { misfire: 'skip', overlap: 'queue-one' };

export interface PredefinedPlace {
  readonly directory: string;
  readonly defaults: PoliciesInput;
  /** True: further ids are functions of task modules. */
  readonly hasModules: boolean;
  readonly place: { readonly source: Source; readonly root: Located };
}

/**
 * The jobs of `predefined_tasks`. Without this section all of them run whose script is there,
 * as when the main program of the Python scheduler is started.
 */
export function predefinedJobs(
  section: Readonly<Record<string, Entry>> | undefined,
  { directory, defaults, hasModules, place }: PredefinedPlace,
): Pick<Interpreted, 'jobs' | 'jobPaths' | 'warnings'> {
  const jobs: Record<string, JobInput> = {};
  const jobPaths = new Map<string, Path>();
  const warnings: Problem[] = [];
  const warn = (path: Path, message: string): void => {
    const told = problemAtPath(place.source, place.root, path, message, 'key');
    warnings.push({ ...told, severity: 'warning' });
  };
  const ids = section === undefined ? [...predefinedTasks.keys()] : Object.keys(section);
  for (const id of ids) {
    const path = ['predefined_tasks', id];
    const known = predefinedTasks.get(id);
    const script = known?.script ?? null;
    const entry = section?.[id] ?? {};
    if (known === undefined && !hasModules) {
      const all = [...predefinedTasks.keys()].join(', ');
      warn(path, `is none of ${all}; it runs only as a function of a module in tasks.modules.`);
    } else if (section === undefined && script !== null && !existsSync(join(directory, script))) {
      warn(path, `is left out, as ${script} is not there.`);
    } else if (known === undefined && entry.interval_seconds === undefined) {
      warn(path, 'is left out, as it has no interval_seconds.');
    } else {
      jobs[id] = { ...defaults, ...policies, ...jobOf(id, entry, known) };
      jobPaths.set(id, path);
    }
  }
  return { jobs, jobPaths, warnings };
}

function jobOf(id: string, entry: Entry, known: Predefined | undefined): JobInput {
  const seconds = entry.interval_seconds ?? known?.intervalSeconds ?? 0;
  const script = known?.script ?? null;
  return {
    any: [{ startup: 'node' }, { every: `${Math.round(seconds * 1000)}ms` }],
    task: script === null ? id : { script },
    status: entry.enabled === false ? 'disabled' : 'active',
    description: entry.description ?? known?.description ?? '',
  };
}

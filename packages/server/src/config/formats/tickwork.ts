import { dirname, resolve } from 'node:path';
import { defaultConcurrency, type JobInput, type PoliciesInput } from 'tickwork';
import type { ConfigFormat } from '../config-format.ts';
import { formatPath, type Located } from '../located.ts';
import { configSchema } from '../schema.ts';
import type { Settings } from '../settings.ts';
import { namedModules } from '../task-modules.ts';

type Interpreters = NonNullable<Settings['scripts']['interpreters']>;

/** Our own `tickwork.yaml` or `tickwork.json`. */
export const tickworkFormat: ConfigFormat<typeof configSchema> = {
  name: 'tickwork',
  schema: configSchema,
  detects: () => true,
  unknownKeys: 'refuse',
  judgesJobsAlone: false,
  interpret(value, { source, root }) {
    const directory = dirname(resolve(source.file));
    const names = Object.keys(value.jobs ?? {});
    return {
      settings: {
        name: value.name ?? null,
        description: value.description ?? null,
        timezone: value.timezone ?? null,
        store: value.store,
        concurrency: {
          function: value.concurrency?.function ?? defaultConcurrency.function,
          external: value.concurrency?.external ?? defaultConcurrency.external,
        },
        ...(value.pools === undefined ? {} : { pools: value.pools }),
        scripts: {
          roots: value.scripts?.roots ?? [],
          env: value.scripts?.env ?? [],
          inline: value.scripts?.inline ?? false,
          interpreters: (value.scripts?.interpreters ?? {}) as Interpreters,
        },
        defaults: (value.defaults ?? {}) as PoliciesInput,
        log: {
          level: value.log?.level ?? 'info',
          format: value.log?.format ?? 'text',
          file: null,
        },
      },
      given: givenPaths(root),
      modules: namedModules(value.tasks ?? [], directory),
      calendars: value.calendars ?? {},
      jobs: withDefaults(value.jobs ?? {}, (value.defaults ?? {}) as PoliciesInput),
      jobPaths: new Map(names.map((name) => [name, ['jobs', name]])),
      warnings: [],
    };
  },
};

/** `defaults` are written into the jobs, so that a change of them changes the jobs on reload. */
function withDefaults(
  jobs: Readonly<Record<string, unknown>>,
  defaults: PoliciesInput,
): Readonly<Record<string, JobInput>> {
  const entries = Object.entries(jobs).map(([name, job]) => {
    const merged: Record<string, unknown> = { ...(job as object) };
    for (const [key, fallback] of Object.entries(defaults)) {
      const own = merged[key];
      const isWhole = own === undefined || key === 'onlyIf';
      merged[key] = isWhole ? (own ?? fallback) : mergePolicy(own, fallback);
    }
    // The schema knows the keys; whether they fit together is checked by the engine.
    return [name, merged as unknown as JobInput];
  });
  return Object.fromEntries(entries);
}

/** Two maps are joined, the job's members winning; any other value of the job stands alone. */
function mergePolicy(own: unknown, fallback: unknown): unknown {
  return isMap(own) && isMap(fallback) ? { ...fallback, ...own } : own;
}

function isMap(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function givenPaths(root: Located): ReadonlySet<string> {
  const given = new Set<string>();
  const walk = (node: Located, path: readonly string[]): void => {
    if (node.kind !== 'map' || path.length > 1) {
      given.add(formatPath(path));
      return;
    }
    for (const [key, member] of node.entries) walk(member, [...path, key]);
  };
  walk(root, []);
  return given;
}

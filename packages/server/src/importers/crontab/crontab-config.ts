import type { ConvertedLine, JobText } from './convert-crontab.ts';

/** Policies that make a job do what cron does. */
export const CRON_POLICIES = {
  misfire: 'skip',
  overlap: 'allow',
  retry: 0,
  timeout: false,
} as const;

/** What `tickwork.yaml` is to hold. */
export interface CrontabConfig {
  readonly timezone?: string;
  readonly scripts: { readonly roots: readonly string[]; readonly env?: readonly string[] };
  readonly defaults: typeof CRON_POLICIES;
  readonly jobs: Readonly<Record<string, JobText>>;
}

/** The zone of every time is `zone`, or with `null` that of the host. */
export function crontabConfig(lines: readonly ConvertedLine[], zone: string | null): CrontabConfig {
  const env = variablesOf(lines);
  return {
    ...(zone === null ? {} : { timezone: zone }),
    scripts: { roots: ['./scripts'], ...(env.length === 0 ? {} : { env }) },
    defaults: CRON_POLICIES,
    jobs: Object.fromEntries(lines.map(({ name, job }) => [name, job])),
  };
}

/** The names that scripts must be allowed to get, sorted. */
function variablesOf(lines: readonly ConvertedLine[]): readonly string[] {
  const scripts = lines.map(({ job }) => job.script as { readonly env?: object });
  return [...new Set(scripts.flatMap(({ env }) => Object.keys(env ?? {})))].sort();
}

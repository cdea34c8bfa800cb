import type { Crontab, CrontabEntry } from './read-crontab.ts';

export interface ConvertedCrontab {
  /** What `tickwork.yaml` is to hold. */
  readonly config: CrontabConfig;
  /** Where Tickwork means something else than cron, one sentence each. */
  readonly differences: readonly string[];
}

/** Policies that make a job do what cron does. */
export const CRON_POLICIES = {
  misfire: 'skip',
  overlap: 'allow',
  retry: 0,
  timeout: false,
} as const;

export interface CrontabConfig {
  readonly timezone?: string;
  readonly scripts: { readonly roots: readonly string[]; readonly env?: readonly string[] };
  readonly defaults: typeof CRON_POLICIES;
  readonly jobs: Readonly<Record<string, object>>;
}

/** The script that hands a line of a crontab to a shell: arguments are shell, command, input. */
export const CRONTAB_SCRIPT = `#!/bin/sh
# Runs one line of a crontab as cron does: in the home directory, by the shell it names.
cd "\${HOME:-/}" || exit 1
if [ "$#" -gt 2 ]; then
  printf '%s' "$3" | "$1" -c "$2"
else
  exec "$1" -c "$2" </dev/null
fi
`;

export const CRONTAB_SCRIPT_NAME = 'crontab-line.sh';

/** Variables that tell cron something and are nothing to the command. */
const CRON_VARIABLES = ['CRON_TZ', 'TZ', 'MAILTO', 'MAILFROM', 'RANDOM_DELAY', 'SHELL'];

/** A crontab as a configuration that does the same, and what remains different. */
export function convertCrontab(crontab: Crontab, zone: string | null): ConvertedCrontab {
  const differences = new Set<string>([
    'Output is kept with each run; no mail is sent.',
    'A job that is due again while it runs is started again, as by cron (overlap: allow).',
  ]);
  const jobs: Record<string, object> = {};
  const variables = new Set<string>();
  for (const entry of crontab.entries) {
    const name = freeName(nameOf(entry.command), jobs);
    jobs[name] = jobOf(entry, variables, differences);
  }
  const env = [...variables].sort();
  const config = {
    ...(zone === null ? {} : { timezone: zone }),
    scripts: { roots: ['./scripts'], ...(env.length === 0 ? {} : { env }) },
    defaults: CRON_POLICIES,
    jobs,
  };
  return { config, differences: [...differences] };
}

function jobOf(entry: CrontabEntry, variables: Set<string>, differences: Set<string>): object {
  const at = `line ${entry.line}: `;
  const { schedule } = entry;
  const zone = entry.variables.CRON_TZ;
  noteDayFields(schedule, at, differences);
  noteBackground(entry.command, at, differences);
  if (entry.user !== null) {
    differences.add(`${at}ran as ${entry.user}; all scripts run as the user of tickwork.`);
  }
  if ((entry.variables.MAILTO ?? '') !== '') {
    differences.add(`${at}MAILTO=${entry.variables.MAILTO} is not used.`);
  }
  if (entry.variables.RANDOM_DELAY !== undefined) {
    differences.add(`${at}RANDOM_DELAY became a jitter that is the same for the same instant.`);
  }
  const own = Object.entries(entry.variables).filter(([name]) => !CRON_VARIABLES.includes(name));
  for (const [name] of own) variables.add(name);
  const delay = entry.variables.RANDOM_DELAY;
  const shell = entry.variables.SHELL ?? '/bin/sh';
  const when = schedule.toLowerCase() === '@reboot' ? { startup: 'node' } : { cron: schedule };
  return {
    ...when,
    ...(zone === undefined ? {} : { zone }),
    ...(delay === undefined ? {} : { jitter: `${delay}m` }),
    script: {
      path: CRONTAB_SCRIPT_NAME,
      args: [shell, entry.command, ...(entry.stdin === null ? [] : [entry.stdin])],
      ...(own.length === 0 ? {} : { env: Object.fromEntries(own) }),
    },
    description: `crontab ${at.slice(0, -2)}`,
  };
}

/** Vixie's cron takes the days that satisfy both fields if one of them begins with a star. */
function noteDayFields(schedule: string, at: string, differences: Set<string>): void {
  const [, , day = '*', , weekday = '*'] = schedule.split(' ');
  const starred = /^\*\/[2-9]|^\*\/1\d/u;
  const mixed = (starred.test(day) && weekday !== '*') || (starred.test(weekday) && day !== '*');
  if (mixed) {
    differences.add(
      `${at}cron runs ${schedule} on days that match both day fields; Tickwork on days that ` +
        `match one. Write +${weekday} as the last field to keep the meaning.`,
    );
  }
}

/** `&` that is no part of `&&`, `>&`, `&>` or a text in quotes. */
const backgroundSign = /(?<![&>\\])&(?![&>])/u;

function noteBackground(command: string, at: string, differences: Set<string>): void {
  if (!backgroundSign.test(command.replaceAll(/'[^']*'|"(?:[^"\\]|\\.)*"/gu, ''))) return;
  differences.add(
    `${at}leaves a process in the background: it goes on, but its run ends without it, and no ` +
      'stop reaches it. End the command with "wait", or use a service manager.',
  );
}

function nameOf(command: string): string {
  const program = /^(?:[A-Za-z_]\w*=\S*\s+)*(?<program>[^\s;|&<>]+)/u.exec(command)?.groups
    ?.program;
  const base = (program ?? 'job').split('/').at(-1) ?? 'job';
  return base.replaceAll(/[^\w.-]+/gu, '-').replaceAll(/^-+|-+$/gu, '') || 'job';
}

function freeName(name: string, taken: Readonly<Record<string, unknown>>): string {
  if (!Object.hasOwn(taken, name)) return name;
  for (let i = 2; ; i++) {
    if (!Object.hasOwn(taken, `${name}-${i}`)) return `${name}-${i}`;
  }
}

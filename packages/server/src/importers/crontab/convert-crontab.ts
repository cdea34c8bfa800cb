import { CRON_VARIABLES, OWN_VARIABLES } from './cron-variables.ts';
import { CRONTAB_SCRIPT_NAME } from './crontab-script.ts';
import { jobName } from './job-name.ts';
import { noteFile, noteLine } from './note-differences.ts';
import { Notes } from './notes.ts';
import type { Crontab, CrontabEntry, CrontabMistake } from './read-crontab.ts';
import { translateSchedule } from './translate-schedule.ts';

/** A job as it is to stand in `tickwork.yaml`. */
export type JobText = Readonly<Record<string, unknown>>;

export interface ConvertedLine {
  readonly name: string;
  readonly job: JobText;
  readonly entry: CrontabEntry;
}

export interface ConvertedCrontab {
  /** One for each line that has a meaning, in the order of the file; names are unique. */
  readonly lines: readonly ConvertedLine[];
  /** Where Tickwork does something else than cron; each is told once. */
  readonly differences: readonly string[];
  /** Lines that are left out. */
  readonly mistakes: readonly CrontabMistake[];
}

/** Names that jobs must not get, as the file they go into has them. */
export interface ConvertOptions {
  readonly taken?: ReadonlySet<string>;
}

/** The jobs that do what a crontab says, and what remains different. */
export function convertCrontab(crontab: Crontab, options: ConvertOptions = {}): ConvertedCrontab {
  const notes = new Notes();
  noteFile(crontab, notes);
  const names = new Set(options.taken);
  const lines: ConvertedLine[] = [];
  const mistakes = [...crontab.mistakes];
  for (const entry of crontab.entries) {
    const { line, text, schedule } = entry;
    const translation = translateSchedule(schedule);
    if ('reason' in translation) {
      mistakes.push({ line, text, reason: translation.reason });
      continue;
    }
    noteLine(entry, translation, notes);
    const name = jobName(entry.command, { line, taken: (word) => names.has(word) });
    names.add(name);
    lines.push({ name, job: jobOf(entry, translation.when), entry });
  }
  mistakes.sort((a, b) => a.line - b.line);
  return { lines, differences: notes.list(), mistakes };
}

function jobOf(entry: CrontabEntry, when: JobText): JobText {
  const { variables, command, stdin } = entry;
  const env = [...variables].filter(([name]) => reachesCommand(name, entry));
  const zone = variables.get('CRON_TZ') ?? '';
  const delay = Number.parseInt(variables.get('RANDOM_DELAY') ?? '', 10);
  const isTimed = 'cron' in when;
  const shell = variables.get('SHELL') ?? '/bin/sh';
  return {
    ...when,
    ...(isTimed && zone !== '' ? { zone } : {}),
    ...(isTimed && delay > 0 ? { jitter: `${delay}m` } : {}),
    ...(entry.options.has('s') ? { overlap: 'skip' } : {}),
    script: {
      path: CRONTAB_SCRIPT_NAME,
      args: [shell, command, ...(stdin === null ? [] : [stdin])],
      ...(env.length === 0 ? {} : { env: Object.fromEntries(env) }),
    },
    description: `crontab line ${entry.line}`,
  };
}

function reachesCommand(name: string, { command }: CrontabEntry): boolean {
  if (name === 'SHELL' || OWN_VARIABLES.has(name)) return false;
  return !CRON_VARIABLES.has(name) || command.includes(name);
}

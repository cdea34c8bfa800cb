import { readVariable } from './read-variable.ts';
import { splitPercent } from './split-percent.ts';
import { beginsWithAccount, hasUserColumn, isUser } from './user-column.ts';

/** A line of a crontab that runs something. */
export interface CrontabEntry {
  /** From 1 on. */
  readonly line: number;
  /** The line itself. */
  readonly text: string;
  /** Five fields, or a nickname such as `@daily`; not checked. */
  readonly schedule: string;
  /** `null` where the crontab has no user column. */
  readonly user: string | null;
  /** Letters of the options before the command: `n` = no mail after success, `q`, `s`. */
  readonly options: ReadonlySet<string>;
  readonly command: string;
  /** What cron hands the command on standard input; `null` = nothing. */
  readonly stdin: string | null;
  /** The variables that stand above the line, the last one of a name. */
  readonly variables: ReadonlyMap<string, string>;
}

/** A line that is left out. */
export interface CrontabMistake {
  readonly line: number;
  readonly text: string;
  /** A sentence: what is wrong, and where it can be told, what to write. */
  readonly reason: string;
}

export interface Crontab {
  readonly entries: readonly CrontabEntry[];
  readonly mistakes: readonly CrontabMistake[];
  /** Who says that the lines have a user column: `recognised` = nobody but the lines. */
  readonly userColumn: 'none' | 'asked' | 'recognised';
}

interface Line {
  readonly line: number;
  readonly text: string;
  readonly schedule: string;
  /** What stands behind the schedule, with its spaces. */
  readonly rest: string;
  readonly variables: ReadonlyMap<string, string>;
}

const NICKNAME = /^(?<schedule>@\S*)(?:\s+(?<rest>.*))?$/su;
const FIVE_FIELDS = /^(?<schedule>(?:\S+\s+){4}\S+)(?:\s+(?<rest>.*))?$/su;
/** OpenBSD and FreeBSD describe the letters. */
const OPTIONS = /^-(?<letters>[nqs]+)\s+/u;
/** A line of /etc/anacrontab: days, minutes, name, command. */
const ANACRON = /^(?:\d+|@\w+)\s+\d+\s+[a-z][\w.-]*\s+\S/iu;

/**
 * Reads a crontab as crontab(5) of Debian and cronie describes it: variables hold for the lines
 * below them, `%` ends the command, and a minus before the line only keeps cron's log silent.
 * `system`: the lines have a user column; if not, it is recognised where no doubt is possible.
 */
export function readCrontab(text: string, options: { readonly system: boolean }): Crontab {
  const lines = text.split(/\r?\n/u);
  const { found, mistakes } = readLines(lines);
  const isRecognised =
    !options.system &&
    hasUserColumn(
      lines,
      found.map(({ rest }) => rest),
    );
  const system = options.system || isRecognised;
  const entries: CrontabEntry[] = [];
  for (const line of found) {
    const entry = readEntry(line, system);
    if ('reason' in entry) mistakes.push({ line: line.line, text: line.text, ...entry });
    else entries.push(entry);
  }
  const userColumn = isRecognised ? 'recognised' : options.system ? 'asked' : 'none';
  return { entries, mistakes: mistakes.sort((a, b) => a.line - b.line), userColumn };
}

function readLines(lines: readonly string[]): {
  readonly found: readonly Line[];
  readonly mistakes: CrontabMistake[];
} {
  const found: Line[] = [];
  const mistakes: CrontabMistake[] = [];
  let variables: ReadonlyMap<string, string> = new Map();
  for (const [index, written] of lines.entries()) {
    const line = index + 1;
    const text = written.trimStart();
    if (text === '' || text.startsWith('#')) continue;
    const variable = readVariable(text);
    if (variable !== null) {
      variables = new Map([...variables, [variable.name, variable.value]]);
      continue;
    }
    const groups = matchSchedule(text)?.groups;
    if (groups === undefined || ANACRON.test(text)) {
      mistakes.push({ line, text: text.trimEnd(), reason: whyUnreadable(text) });
      continue;
    }
    const { schedule = '', rest = '' } = groups;
    found.push({ line, text: text.trimEnd(), schedule, rest, variables });
  }
  return { found, mistakes };
}

function matchSchedule(text: string): RegExpExecArray | null {
  const line = text.replace(/^-/u, '');
  return (line.startsWith('@') ? NICKNAME : FIVE_FIELDS).exec(line);
}

function whyUnreadable(text: string): string {
  return ANACRON.test(text)
    ? 'is a line of an anacrontab; write a daily or monthly job with misfire: fire-once.'
    : 'is no five fields with a command, no nickname with a command, and no NAME=value.';
}

function readEntry(line: Line, system: boolean): CrontabEntry | { readonly reason: string } {
  let { rest } = line;
  let user: string | null = null;
  if (system) {
    const groups = /^(?<user>\S+)\s+(?<command>.+)$/su.exec(rest)?.groups;
    if (groups === undefined) return { reason: 'has no command behind the user.' };
    ({ user = '', command: rest = '' } = groups);
    if (!isUser(user)) return { reason: `"${user}" in the user column is no user.` };
  } else if (beginsWithAccount(rest)) {
    const account = rest.split(/\s/u, 1)[0];
    return { reason: `"${account}" is no command but a user; read the file with --system.` };
  }
  const options = new Set<string>();
  for (;;) {
    const match = OPTIONS.exec(rest);
    if (match === null) break;
    for (const letter of match.groups?.letters ?? '') options.add(letter);
    rest = rest.slice(match[0].length);
  }
  const { command, stdin } = splitPercent(rest);
  if (command.trim() === '') return { reason: 'has no command.' };
  if (command.startsWith('*')) return { reason: 'has more than five fields.' };
  const { line: number, text, schedule, variables } = line;
  return { line: number, text, schedule, user, options, command, stdin, variables };
}

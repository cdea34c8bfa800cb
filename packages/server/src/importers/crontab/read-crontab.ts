/** A line of a crontab that runs something. */
export interface CrontabEntry {
  readonly line: number;
  /** Five fields, or a nickname such as `@daily`. */
  readonly schedule: string;
  /** `null` where the crontab has no user column. */
  readonly user: string | null;
  readonly command: string;
  /** What cron hands the command on standard input; `null` = nothing. */
  readonly stdin: string | null;
  /** The variables that stand above the line. */
  readonly variables: Readonly<Record<string, string>>;
}

export interface Crontab {
  readonly entries: readonly CrontabEntry[];
  /** Lines that are no entry and no variable. */
  readonly mistakes: readonly { readonly line: number; readonly text: string }[];
}

const VARIABLE = /^\s*(?<name>[A-Za-z_]\w*)\s*=\s*(?<value>.*?)\s*$/u;
const QUOTED = /^(?<quote>["'])(?<inner>.*)\k<quote>$/u;

/**
 * Reads a crontab as crontab(5) of Debian and cronie describes it: variables hold for the
 * lines below them, `%` ends the command and begins its standard input, further ones are
 * line breaks, `\%` is a percent sign.
 */
export function readCrontab(text: string, options: { readonly system: boolean }): Crontab {
  const entries: CrontabEntry[] = [];
  const mistakes: { line: number; text: string }[] = [];
  let variables: Readonly<Record<string, string>> = {};
  for (const [index, written] of text.split('\n').entries()) {
    const line = index + 1;
    const trimmed = written.trim();
    if (trimmed === '' || trimmed.startsWith('#')) continue;
    const variable = VARIABLE.exec(written)?.groups;
    if (variable !== undefined) {
      const { name = '', value = '' } = variable;
      variables = { ...variables, [name]: QUOTED.exec(value)?.groups?.inner ?? value };
      continue;
    }
    const entry = readEntry(trimmed, options.system);
    if (entry === null) mistakes.push({ line, text: trimmed });
    else entries.push({ ...entry, line, variables });
  }
  return { entries, mistakes };
}

function readEntry(text: string, system: boolean): Omit<CrontabEntry, 'line' | 'variables'> | null {
  // Debian runs a line that begins with a minus without a note in the system's log.
  const words = text.replace(/^-/u, '').split(/\s+/u);
  const scheduleCount = words[0]?.startsWith('@') === true ? 1 : 5;
  const commandFrom = scheduleCount + (system ? 1 : 0);
  if (words.length <= commandFrom) return null;
  const rest = dropWords(text.replace(/^-/u, ''), commandFrom);
  const [command = '', ...input] = splitPercent(rest);
  return {
    schedule: words.slice(0, scheduleCount).join(' '),
    user: system ? (words[scheduleCount] ?? null) : null,
    command,
    stdin: input.length === 0 ? null : `${input.join('\n')}\n`,
  };
}

/** The text after its first `count` words, its own spaces kept. */
function dropWords(text: string, count: number): string {
  let rest = text;
  for (let i = 0; i < count; i++) rest = rest.replace(/^\S+\s+/u, '');
  return rest;
}

function splitPercent(text: string): readonly string[] {
  const parts = [''];
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? '';
    if (sign === '\\' && text[at + 1] === '%') {
      parts[parts.length - 1] += '%';
      at++;
    } else if (sign === '%') {
      parts.push('');
    } else {
      parts[parts.length - 1] += sign;
    }
  }
  return parts;
}

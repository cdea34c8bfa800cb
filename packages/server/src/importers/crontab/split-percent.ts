/** The command of a crontab line, and its standard input, `null` = none. */
export interface CommandAndInput {
  readonly command: string;
  readonly stdin: string | null;
}

/**
 * Divides the text after the schedule as cron does: the first `%` without a backslash ends the
 * command and begins its standard input, in which every further one is a line break. `\%` is a
 * percent sign; a backslash before anything else stays. Input that does not end with a line
 * break gets one; nothing after the `%` is no input. Source: cronie and ISC cron,
 * do_command.c, which read two backslashes differently before and after the first `%`: in the
 * command the second is escaped, in the input it may escape again.
 */
export function splitPercent(text: string): CommandAndInput {
  let command = '';
  for (let at = 0; at < text.length; at++) {
    const sign = text[at] ?? '';
    if (sign === '%') return { command, stdin: readInput(text.slice(at + 1)) };
    if (sign !== '\\') {
      command += sign;
      continue;
    }
    const next = text[++at] ?? '';
    command += next === '%' ? '%' : sign + next;
  }
  return { command, stdin: null };
}

function readInput(text: string): string | null {
  if (text === '') return null;
  let input = '';
  let isEscaped = false;
  let needsBreak = false;
  for (const sign of text) {
    if (isEscaped && sign !== '%') input += '\\';
    const meant: string = !isEscaped && sign === '%' ? '\n' : sign;
    isEscaped = meant === '\\';
    if (isEscaped) continue;
    input += meant;
    needsBreak = meant !== '\n';
  }
  if (isEscaped) input += '\\';
  return needsBreak ? `${input}\n` : input;
}

import { isAbsolute } from 'node:path';
import { TickworkError } from '../../core/base/errors.ts';
import type { Json } from '../../core/base/json.ts';

/** Where jobs may carry their script as text. */
export interface InlineScriptsConfig {
  /** The absolute path of the folder in which such a script runs if its job names none. */
  readonly cwd: string;
}

/** A script that stands in its job, for a shell to read. */
export interface InlineScript {
  readonly text: string;
  /** The name of the interpreter that reads it. */
  readonly shell: Shell;
}

export type Shell = 'bash' | 'sh';

/**
 * What a shell is told besides the text. Both end at the first command that fails; bash counts a
 * pipeline as failed if any part of it is, so that `pg_dump … | gzip > …` does not succeed with
 * half a dump, which POSIX shells cannot do.
 */
const shellArguments: Readonly<Record<Shell, readonly string[]>> = {
  bash: ['-e', '-o', 'pipefail', '-c'],
  sh: ['-e', '-c'],
};

/** Systems bound one argument to 128 KiB (Linux), and a character has up to 3 bytes here. */
const TEXT_CHARACTERS_MAX = 32_768;

/** What follows the program of the shell; in the script `$0` is `inline` and `$1` … are `args`. */
export function inlineArguments(script: InlineScript, args: readonly string[]): readonly string[] {
  return [...shellArguments[script.shell], script.text, 'inline', ...args];
}

/** Checks the folder of inline scripts. Throws INVALID_CONFIG. */
export function parseInlineConfig(config: InlineScriptsConfig | undefined): string | null {
  if (config === undefined) return null;
  const { cwd } = config;
  if (typeof cwd === 'string' && isAbsolute(cwd) && !cwd.includes('\0')) return cwd;
  throw new TickworkError('INVALID_CONFIG', {
    field: 'scripts.inline.cwd',
    value: cwd,
    reason: 'it must be an absolute path.',
  });
}

/**
 * Reads `inline` and `shell` of a script task; `null` without `inline`. Throws SCRIPT_REFUSED
 * where inline scripts are not allowed, else INVALID_JOB.
 */
export function parseInline(
  options: Readonly<Record<string, Json>>,
  field: string,
  isAllowed: boolean,
): InlineScript | null {
  const { inline, shell = 'bash' } = options;
  if (inline === undefined) {
    if (options.shell === undefined) return null;
    const remedy = 'Name an interpreter, or write the script as inline text.';
    throw invalid(`${field}.shell`, shell, 'it belongs to inline scripts.', remedy);
  }
  if (!isAllowed) {
    throw new TickworkError('SCRIPT_REFUSED', {
      field: `${field}.inline`,
      reason: 'scripts in jobs are not allowed here.',
      remedy: 'Set scripts.inline if whoever writes jobs may run any command, or use a file.',
    });
  }
  for (const other of ['path', 'interpreter']) {
    if (options[other] === undefined) continue;
    throw invalid(`${field}.${other}`, options[other], 'it stands beside inline; keep one.');
  }
  if (shell !== 'bash' && shell !== 'sh') {
    throw invalid(`${field}.shell`, shell, 'the shells are bash, sh.');
  }
  const fits = typeof inline === 'string' && inline.trim() !== '' && !inline.includes('\0');
  if (!fits || inline.length > TEXT_CHARACTERS_MAX || !inline.isWellFormed()) {
    const reason = `it must be text of 1 to ${TEXT_CHARACTERS_MAX} characters.`;
    throw invalid(`${field}.inline`, inline, reason);
  }
  return { text: inline, shell };
}

function invalid(field: string, value: unknown, reason: string, remedy?: string): TickworkError {
  return new TickworkError('INVALID_JOB', {
    field,
    value,
    reason,
    ...(remedy !== undefined && { remedy }),
  });
}

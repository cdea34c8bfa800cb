import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import {
  CRONTAB_SCRIPT,
  CRONTAB_SCRIPT_NAME,
  convertCrontab,
} from '../../importers/crontab/convert-crontab.ts';
import { readCrontab } from '../../importers/crontab/read-crontab.ts';
import { type CommandContext, type CommandOptions, textOption } from '../command.ts';
import { UsageError } from '../fail.ts';

const MISTAKES_EXIT = 1;

/**
 * Prints a crontab as `tickwork.yaml`, or writes it with the script it needs into a
 * directory. Differences in meaning and lines that cannot be read go to stderr.
 */
export async function run(
  context: CommandContext,
  [file = '-']: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<number> {
  const { out } = context;
  const crontab = readCrontab(readInput(file), { system: options.system === true });
  const zone = textOption(options, 'zone') ?? null;
  const { config, differences } = convertCrontab(crontab, zone);
  const yaml = stringify(config, { lineWidth: 0 });
  const text = `# Made from a crontab by tickwork import crontab.\n${yaml}`;
  const target = textOption(options, 'to');
  if (target === undefined) out.line(text.trimEnd());
  else writeTo(target, text);
  for (const { line, text: wrong } of crontab.mistakes) {
    out.words(`line ${line}: cannot be read and is left out: ${wrong}`);
  }
  for (const difference of differences) out.words(`note: ${difference}`);
  const place = target === undefined ? 'scripts' : join(target, 'scripts');
  if (target === undefined) {
    out.words(`note: put this script into ${join(place, CRONTAB_SCRIPT_NAME)} (--to does so):`);
    out.words(CRONTAB_SCRIPT.trimEnd());
  } else {
    out.words(`written: ${join(target, 'tickwork.yaml')}, ${join(place, CRONTAB_SCRIPT_NAME)}`);
  }
  out.answer({ config, differences, mistakes: crontab.mistakes });
  return crontab.mistakes.length > 0 ? MISTAKES_EXIT : 0;
}

function readInput(file: string): string {
  try {
    return readFileSync(file === '-' ? 0 : file, 'utf8');
  } catch (error) {
    throw new UsageError(`${file}: cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
}

function writeTo(directory: string, text: string): void {
  const config = join(directory, 'tickwork.yaml');
  if (existsSync(config)) throw new UsageError(`${config} exists already; name another directory.`);
  mkdirSync(join(directory, 'scripts'), { recursive: true });
  writeFileSync(config, text);
  writeFileSync(join(directory, 'scripts', CRONTAB_SCRIPT_NAME), CRONTAB_SCRIPT, { mode: 0o755 });
}

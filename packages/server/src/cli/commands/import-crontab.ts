import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import {
  CRONTAB_SCRIPT,
  CRONTAB_SCRIPT_NAME,
  type CrontabConfig,
  convertCrontab,
} from '../../importers/crontab/convert-crontab.ts';
import { mergeCrontab } from '../../importers/crontab/merge-crontab.ts';
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
  const into = textOption(options, 'into');
  if (target !== undefined && into !== undefined) throw new UsageError('--to or --into, not both.');
  if (target !== undefined) writeTo(target, text);
  else if (into !== undefined) mergeInto(into, config);
  else out.line(text.trimEnd());
  for (const { line, text: wrong } of crontab.mistakes) {
    out.words(`line ${line}: cannot be read and is left out: ${wrong}`);
  }
  for (const difference of differences) out.words(`note: ${difference}`);
  const directory = target ?? (into === undefined ? '.' : dirname(into));
  const script = join(directory, 'scripts', CRONTAB_SCRIPT_NAME);
  if (target === undefined && into === undefined) {
    out.words(`note: put this script into ${script} (--to and --into do so):`);
    out.words(CRONTAB_SCRIPT.trimEnd());
  } else {
    out.words(`written: ${into ?? join(directory, 'tickwork.yaml')}, ${script}`);
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
  if (existsSync(config)) throw new UsageError(`${config} exists already; --into adds to it.`);
  writeScript(directory);
  writeFileSync(config, text);
}

/** The file is replaced as a whole, so that a running process never reads half of it. */
function mergeInto(file: string, config: CrontabConfig): void {
  const merged = mergeCrontab(readInput(file), config);
  if (merged === null) throw new UsageError(`${file}: cannot be read; see tickwork validate.`);
  writeScript(dirname(file));
  writeFileSync(`${file}.new`, merged);
  renameSync(`${file}.new`, file);
}

function writeScript(directory: string): void {
  mkdirSync(join(directory, 'scripts'), { recursive: true });
  writeFileSync(join(directory, 'scripts', CRONTAB_SCRIPT_NAME), CRONTAB_SCRIPT, { mode: 0o755 });
}

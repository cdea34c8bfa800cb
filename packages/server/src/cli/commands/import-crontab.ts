import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { limits } from '../../config/limits.ts';
import type { LoadedConfig } from '../../config/load-config.ts';
import { convertCrontab } from '../../importers/crontab/convert-crontab.ts';
import { CRONTAB_SCRIPT, CRONTAB_SCRIPT_NAME } from '../../importers/crontab/crontab-script.ts';
import { mergeCrontab } from '../../importers/crontab/merge-crontab.ts';
import { readCrontab } from '../../importers/crontab/read-crontab.ts';
import { isSystemCrontab } from '../../importers/crontab/user-column.ts';
import { type CommandContext, type CommandOptions, textOption } from '../command.ts';
import { ConfigProblems, UsageError } from '../fail.ts';
import { readConfig } from '../open-scheduler.ts';
import { placeFiles } from '../place-files.ts';
import { readInput } from '../read-input.ts';
import { differing, loadText, type VettedCrontab, vetCrontab } from '../vet-crontab.ts';

const MISTAKES_EXIT = 1;

/** Where the jobs go: to standard output, into a new file, or into one that is there. */
type Target =
  | { readonly kind: 'print' }
  | { readonly kind: 'new'; readonly file: string }
  | { readonly kind: 'add'; readonly file: string; readonly config: LoadedConfig };

/**
 * Prints a crontab as `tickwork.yaml`, or writes it with the script it needs. What is written
 * has passed the checks of `validate`. Differences in meaning and lines that are left out go to
 * stderr; with such a line the status is 1, and without a single job nothing is written.
 */
export async function run(
  context: CommandContext,
  [file = '-']: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<number> {
  const target = readTarget(context, options);
  const { name, text } = await readInput(file, { bytesMax: limits.textBytesMax });
  const system = options.system === true || isSystemCrontab(file);
  const crontab = readCrontab(text, { system });
  const taken = new Set(target.kind === 'add' ? Object.keys(target.config.jobs) : []);
  const converted = convertCrontab(crontab, { taken });
  const vetted = await vetCrontab(converted, textOption(options, 'zone') ?? null);
  const written = vetted.lines.length === 0 ? [] : await write(context, target, vetted);
  tell(context, { name, target, vetted, written });
  return vetted.mistakes.length > 0 || vetted.lines.length === 0 ? MISTAKES_EXIT : 0;
}

function readTarget(context: CommandContext, options: CommandOptions): Target {
  const directory = textOption(options, 'to');
  const into = textOption(options, 'into');
  if (directory !== undefined && into !== undefined) {
    throw new UsageError('--to or --into, not both.');
  }
  if (into !== undefined) {
    const config = readConfig(into, context);
    if (config.format !== 'tickwork') {
      throw new UsageError(`${into}: is a ${config.format} file; name a tickwork.yaml.`);
    }
    return { kind: 'add', file: into, config };
  }
  if (directory === undefined) return { kind: 'print' };
  const file = join(directory, 'tickwork.yaml');
  if (existsSync(file)) throw new UsageError(`${file} exists already; --into adds to it.`);
  return { kind: 'new', file };
}

/** Gives the paths of the files that were written. */
async function write(
  { out }: CommandContext,
  target: Target,
  vetted: VettedCrontab,
): Promise<readonly string[]> {
  if (target.kind === 'print') {
    if (!out.json) out.data(vetted.text);
    return [];
  }
  const { file } = target;
  const text =
    target.kind === 'new' ? vetted.text : mergeCrontab(readFileSync(file, 'utf8'), vetted.config);
  if (text === null) throw new UsageError(`${file}: jobs cannot be added to it.`);
  const script = join(dirname(file), 'scripts', CRONTAB_SCRIPT_NAME);
  await placeFiles(
    {
      script: { path: script, text: CRONTAB_SCRIPT, mode: 0o755 },
      config: { path: file, text, mode: 0o644 },
    },
    async () => {
      const loaded = await loadText(file, text);
      const errors = 'errors' in loaded ? loaded.errors : differing(loaded, vetted.lines);
      if (errors.length > 0) throw new ConfigProblems(errors);
    },
  );
  return [file, script];
}

function tell(
  { out }: CommandContext,
  done: {
    readonly name: string;
    readonly target: Target;
    readonly vetted: VettedCrontab;
    readonly written: readonly string[];
  },
): void {
  const { name, target, vetted, written } = done;
  const { config, lines, differences, mistakes } = vetted;
  for (const { line, text, reason } of mistakes) {
    out.words(`${name}:${line}: left out: ${text}`);
    out.words(`  ${reason}`);
  }
  for (const difference of differences) out.words(`note: ${difference}`);
  if (lines.length === 0) {
    out.words(`${name}: has no line that can become a job; nothing is written.`);
  } else if (target.kind === 'print') {
    const script = join('scripts', CRONTAB_SCRIPT_NAME);
    out.words(`note: put this script into ${script} (--to and --into do so):`);
    out.words(CRONTAB_SCRIPT.trimEnd());
  } else {
    out.words(`written: ${lines.length} jobs; ${written.join(', ')}`);
  }
  out.answer({ config, differences, mistakes, written });
}

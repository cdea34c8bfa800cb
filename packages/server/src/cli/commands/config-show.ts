import { configOptions } from '../../config/options.ts';
import { type Overrides, overridable } from '../../config/settings.ts';
import { type CommandContext, type CommandOptions, textOption } from '../command.ts';
import { readConfig } from '../open-scheduler.ts';

const SCRIPT_OPTIONS = /^scripts\.\w+$/u;

/** The options in force, each with its origin. Values from the environment stay hidden. */
export async function run(
  context: CommandContext,
  [file]: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<undefined> {
  const store = textOption(options, 'store');
  const flags: Overrides = store === undefined ? {} : { store };
  const config = readConfig(file ?? textOption(options, 'file'), context, flags);
  const shown = configOptions().filter(
    ({ path }) => overridable.some((known) => known === path) || SCRIPT_OPTIONS.test(path),
  );
  const rows = shown.map(({ path }) => {
    const written = config.secrets.writtenAt(path);
    const [first = '', second] = path.split('.');
    const group = config.settings[first as 'log'] as unknown;
    const value =
      second === undefined ? group : (group as Readonly<Record<string, unknown>>)[second];
    const origin = config.origins.get(path) ?? config.origins.get(first) ?? 'default';
    return { path, value: written ?? value, origin };
  });
  context.out.table(
    [{ title: 'OPTION' }, { title: 'VALUE' }, { title: 'FROM' }],
    rows.map((row) => [row.path, JSON.stringify(row.value), row.origin]),
  );
  context.out.answer({ file: config.file, format: config.format, options: rows });
  return undefined;
}

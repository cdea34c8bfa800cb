import { errorCatalogue, eventCatalogue } from 'tickwork';
import {
  commandCatalogue,
  commonOptions,
  storeOptions,
} from '../../packages/server/src/cli/catalogue.ts';
import type { CommandEntry, OptionEntry } from '../../packages/server/src/cli/command-entry.ts';
import { configOptions } from '../../packages/server/src/config/options.ts';
import { overridable } from '../../packages/server/src/config/settings.ts';
import { lintPage } from './lint-page.ts';
import { mutantsPage } from './mutants-page.ts';

/** The reference pages as the catalogues of the code make them: path and text. */
export function referencePages(): ReadonlyMap<string, string> {
  return new Map([
    ['docs/reference/errors.md', errorsPage()],
    ['docs/reference/events.md', eventsPage()],
    ['docs/reference/config.md', configPage()],
    ['docs/reference/cli.md', commandsPage()],
    ['docs/reference/lint.md', page('Lint rules', lintPage())],
    ['docs/reference/mutants.md', page('Mutants', mutantsPage())],
  ]);
}

const MADE = 'This page is made from the code by `npm run reference`; do not edit it by hand.';

function errorsPage(): string {
  const rows = Object.entries(errorCatalogue).map(
    ([code, { summary, exit, retry }]) =>
      `| \`${code}\` | ${summary} | ${exit} | ${retry ? 'yes' : 'no'} |`,
  );
  return page('Errors', [
    'Every error that Tickwork raises on purpose is a `TickworkError` with one of these codes in',
    '`code`. A code never changes its meaning. The message names the field, the value, the reason',
    'and what to do. *Exit* is the exit status of the command line; *retry* says whether the same',
    'call can succeed later without a change.',
    '',
    '| Code | Meaning | Exit | Retry |',
    '| --- | --- | --- | --- |',
    ...rows,
  ]);
}

function eventsPage(): string {
  const rows = Object.entries(eventCatalogue).map(([name, text]) => `| \`${name}\` | ${text} |`);
  return page('Events', [
    'Facts that happened in this process, heard by `scheduler.on(name, listener)`. Each has `name`',
    'and `at` (epoch ms, UTC) and what the type `EventPayloads` lists for it.',
    '',
    '| Event | Fact |',
    '| --- | --- |',
    ...rows,
  ]);
}

function configPage(): string {
  const rows = configOptions().map(({ path, type, fallback, text }) => {
    const standard = fallback === undefined ? '' : `\`${JSON.stringify(fallback)}\``;
    return `| \`${path}\` | ${cell(type)} | ${standard} | ${cell(text)} |`;
  });
  const variables = overridable.map(
    (path) => `\`TICKWORK_${path.replaceAll('.', '_').toUpperCase()}\``,
  );
  return page('Configuration', [
    '`tickwork.yaml` (YAML 1.2), or JSON with comments and trailing commas. Unknown keys are',
    'errors.',
    'Durations are texts such as `500ms`, `30s`, `1h30m`, `2d`, `PT30S`; in policies a bare number',
    'is milliseconds. Relative paths start at the directory of the file.',
    '',
    // biome-ignore lint/suspicious/noTemplateCurlyInString: the page is about it.
    'Texts may hold `${VAR}`, `${VAR:-default}` and `${VAR:?message}`; `$$` is a dollar sign. If',
    '`VAR` is not set but `VAR_FILE` is, the text of that file is taken. These variables set',
    `options: ${variables.join(', ')}. A flag wins over a variable, a variable over the file.`,
    '',
    'A running process reads its file again when it changes and on SIGHUP. The whole file is',
    'checked first; while anything in it is wrong, nothing changes. Jobs, calendars and',
    '`defaults` take effect at once, other options at the next start. A file without any option',
    'is wrong; `jobs: {}` says that there are no jobs.',
    '',
    'Jobs that are gone from the file become disabled: at once at a start, on SIGHUP and by',
    '`tickwork apply`; when a running process notices the change by itself, once the file has',
    'not changed for 10 s, as it may be half written. The log warns with their names. A job that',
    'returns is as it was left: a pause with its reason and end, skipped instants and the count',
    'of failures stay, also over a restart.',
    '',
    'Two files of other schedulers are read unchanged, told by their contents; their jobs keep',
    'the policies that they have there. Keys that are not read are warnings, and a wrong job is',
    'left out while the others run:',
    '',
    '- `scheduler.jobs` of services on gocron, with `duration`, `cron`, `daily`, `weekly` and',
    '  `monthly`: no retry, no timeout, nothing made up for, runs may overlap, and a job without',
    '  `enabled: true` is disabled. The functions are those of the modules that `tasks` names,',
    '  else of the modules in `jobs/` beside the file; `hello_job` and `cleanup_job` are built in.',
    '- `scheduler_config.json` with the sections `scheduler`, `tasks`, `logging` and',
    '  `predefined_tasks`: `data_upload`, `sensor_collection`, `heartbeat` and `log_cleanup` run',
    '  once at the start and then at their interval. Without the section all of them run whose',
    '  script is there. `tasks.modules` names modules for further ids.',
    '',
    '| Option | Value | Default | Meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
  ]);
}

function commandsPage(): string {
  return page('Command line', [
    'Data goes to standard output, words to standard error. With `--json` the last line of the',
    'data is one JSON object, its instants RFC 3339 in UTC. Tables have aligned columns on a',
    'terminal and tabs elsewhere; `NO_COLOR` switches colours off. Help is English or Chinese by',
    '`--lang`, `TICKWORK_LANG` or `LANG`.',
    '',
    'Exit status: 0 ok, 1 failed, 2 wrong use, 4 not found, 69 store unreachable, 74 standard',
    'output could not be written, 75 try again, 77 not allowed, 78 wrong configuration, 124 timed',
    'out, 129 the terminal of `run` was closed, 128+n ended by signal n.',
    '',
    'A reader that leaves (`| head -1`) changes no status: commands finish their work. `run` goes',
    'on without its output, says so on the other stream and in its log file, and drops lines that',
    'a slow reader leaves unread beyond 1 MiB.',
    '',
    `Every command takes ${commonOptions.map(flagsOf).join(' and ')}; those that work on a store`,
    `take ${storeOptions.map(flagsOf).join(' and ')} too. They may be used while a process runs`,
    'the store: it notices within a second.',
    ...commandCatalogue.flatMap(commandSection),
  ]);
}

function commandSection(entry: CommandEntry): readonly string[] {
  const words = [entry.path, ...entry.args.map(({ name }) => name)].join(' ');
  const options = entry.options.map((option) => `- ${flagsOf(option)}: ${option.text.en}`);
  const store = entry.onStore ? ' Works on a store.' : '';
  return [
    '',
    `## \`${entry.path}\``,
    '',
    `\`tickwork ${words}\`: ${entry.text.en}.${store}`,
    ...(options.length === 0 ? [] : ['', ...options]),
  ];
}

function flagsOf(option: OptionEntry): string {
  return `\`${option.flags}\``;
}

function cell(text: string): string {
  return text.replaceAll('|', '\\|');
}

function page(title: string, lines: readonly string[]): string {
  return `# ${title}\n\n${MADE}\n\n${lines.join('\n')}\n`;
}

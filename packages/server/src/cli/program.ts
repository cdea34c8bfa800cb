import { Command, CommanderError } from 'commander';
import { commandCatalogue, commonOptions, groups, storeOptions } from './catalogue.ts';
import type { CommandContext, CommandOptions } from './command.ts';
import type { CommandEntry } from './command-entry.ts';
import { reportError } from './fail.ts';
import { say, type Text } from './text.ts';
import { packageVersion } from './version.ts';

const USAGE_EXIT = 2;

/** Reads the command line, runs the one command it names and gives its exit status. */
export async function runProgram(
  argv: readonly string[],
  context: CommandContext,
): Promise<number> {
  let status = 0;
  const program = buildProgram(context, async (entry, args, options) => {
    try {
      const module = await entry.load();
      status = (await module.run(context, args, options)) ?? 0;
    } catch (error) {
      status = reportError(error, context.out);
    }
  });
  try {
    await program.parseAsync(argv, { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode === 0) return 0;
    context.out.answer({ error: { code: 'USAGE', message: error.message } });
    return USAGE_EXIT;
  }
  return status;
}

type Action = (
  entry: CommandEntry,
  args: readonly (string | undefined)[],
  options: CommandOptions,
) => Promise<void>;

function buildProgram(context: CommandContext, action: Action): Command {
  const { language } = context;
  const program = dress(new Command('tickwork'), context)
    .description(say(TITLE, language))
    .version(packageVersion(), '-V, --version', say(VERSION, language));
  const parents = new Map<string, Command>();
  for (const [name, text] of Object.entries(groups)) {
    parents.set(name, dress(program.command(name), context).description(say(text, language)));
  }
  for (const entry of commandCatalogue) {
    const words = entry.path.split(' ');
    const parent = words.length > 1 ? (parents.get(words[0] ?? '') ?? program) : program;
    addCommand(parent, entry, context, action);
  }
  return program;
}

function addCommand(
  parent: Command,
  entry: CommandEntry,
  context: CommandContext,
  action: Action,
): void {
  const { language } = context;
  const command = dress(parent.command(entry.path.split(' ').at(-1) ?? entry.path), context);
  command.description(say(entry.text, language));
  for (const arg of entry.args) command.argument(arg.name, say(arg.text, language));
  const options = [...entry.options, ...(entry.onStore ? storeOptions : []), ...commonOptions];
  for (const option of options) command.option(option.flags, say(option.text, language));
  command.action(async () => {
    await action(entry, command.processedArgs as (string | undefined)[], command.opts());
  });
}

/** Settings that every command needs of its own: exit, streams, help in two languages. */
function dress(command: Command, context: CommandContext): Command {
  const { out, language } = context;
  return command
    .exitOverride()
    .helpCommand(false)
    .helpOption('-h, --help', say(HELP, language))
    .showHelpAfterError(say(SEE_HELP, language))
    .configureHelp({
      styleTitle: (title) => {
        const text = TITLES[title];
        return text === undefined ? title : say(text, language);
      },
    })
    .configureOutput({
      writeOut: (text) => out.data(text),
      writeErr: (text) => out.words(text.trimEnd().replace(/^error:/u, 'tickwork:')),
    });
}

const TITLE: Text = {
  en: 'Runs work at the right time and can say what happened, what will happen, and why not.',
  zh: '在正确的时刻执行任务，并能说明发生了什么、将发生什么以及为何没有发生。',
};
const VERSION: Text = { en: 'print the version', zh: '显示版本' };
const HELP: Text = { en: 'print this help', zh: '显示帮助' };
const SEE_HELP: Text = {
  en: 'Add --help to see what it takes.',
  zh: '加上 --help 查看用法。',
};
const TITLES: Readonly<Record<string, Text>> = {
  'Usage:': { en: 'Usage:', zh: '用法：' },
  'Arguments:': { en: 'Arguments:', zh: '参数：' },
  'Options:': { en: 'Options:', zh: '选项：' },
  'Commands:': { en: 'Commands:', zh: '命令：' },
};

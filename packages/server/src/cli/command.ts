import type { Output } from './output.ts';
import type { Language } from './text.ts';

/** What every command gets besides its own arguments. */
export interface CommandContext {
  readonly out: Output;
  readonly language: Language;
  readonly variables: Readonly<Record<string, string | undefined>>;
}

/** Options by their camel-case names; flags without a value are `true`. */
export type CommandOptions = Readonly<Record<string, string | boolean | undefined>>;

/** One file of `commands/`. The result is the exit status; nothing means 0. */
export interface CommandModule {
  run(
    context: CommandContext,
    args: readonly (string | undefined)[],
    options: CommandOptions,
  ): Promise<number | undefined>;
}

/** The text of an option that takes a value. */
export function textOption(options: CommandOptions, name: string): string | undefined {
  const value = options[name];
  return typeof value === 'string' ? value : undefined;
}

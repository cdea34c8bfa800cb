import type { CommandModule } from './command.ts';
import type { Text } from './text.ts';

/** An option as commander reads it: `--count <n>`. */
export interface OptionEntry {
  readonly flags: string;
  readonly text: Text;
}

export interface CommandEntry {
  /** `jobs ls`: the words before arguments and options. */
  readonly path: string;
  /** `<name>` must be given, `[file]` may be. */
  readonly args: readonly { readonly name: string; readonly text: Text }[];
  readonly options: readonly OptionEntry[];
  readonly text: Text;
  /** True if it works on a store: it then takes `--store` and `--file`. */
  readonly onStore: boolean;
  readonly load: () => Promise<CommandModule>;
}

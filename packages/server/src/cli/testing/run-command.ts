import { Output } from '../output.ts';
import { runProgram } from '../program.ts';

export interface EndedCommand {
  readonly status: number;
  readonly stdout: string;
  readonly stderr: string;
  /** What it answered, if it was asked with `--json`. */
  // biome-ignore lint/suspicious/noExplicitAny: tests look at whatever it is.
  readonly answer: any;
}

/** Runs a command in this process, in English and without the environment's variables. */
export async function tickwork(...argv: readonly string[]): Promise<EndedCommand> {
  const texts = { stdout: '', stderr: '' };
  const sink = (name: 'stdout' | 'stderr') => ({
    write: (text: string) => {
      texts[name] += text;
    },
  });
  const json = argv.includes('--json');
  const streams = { stdout: sink('stdout'), stderr: sink('stderr') };
  const out = new Output({ json, variables: {}, ...streams });
  const status = await runProgram(argv, { out, language: 'en', variables: {} });
  const answer = json ? JSON.parse(texts.stdout.trimEnd().split('\n').at(-1) ?? '') : undefined;
  return { status, ...texts, answer };
}

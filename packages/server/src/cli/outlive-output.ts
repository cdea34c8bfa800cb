import type { Output } from './output.ts';
import type { RunLog } from './run-log.ts';
import type { Trouble } from './sink.ts';

export const TERMINAL_CLOSED = 'terminal closed';

const told: Readonly<Record<Trouble, string>> = {
  'pipe closed': 'was closed by its reader; its lines are dropped, jobs go on',
  'write failed': 'cannot be written; lines are lost until it can, jobs go on',
  'terminal closed': 'was a terminal that is closed; stopping in good order',
};

/**
 * Lets an engine outlive its output: a reader that left, a full disk or a slow reader costs
 * lines, not jobs. The other stream and the log file say so, once. Only a terminal that was
 * closed takes its engine along, in good order: nobody could find it again to stop it.
 */
export function outliveOutput(
  out: Output,
  log: RunLog,
  requestStop: (reason: string) => void,
): void {
  const streams = [
    { name: 'standard output', stream: out.stdout, tell: out.words.bind(out) },
    { name: 'standard error', stream: out.stderr, tell: out.log.bind(out) },
  ];
  for (const { name, stream, tell } of streams) {
    stream.allowLoss?.();
    stream.onTrouble?.((trouble) => {
      const message = `${name} ${told[trouble]}`;
      log.keep('warn', message);
      tell(`tickwork: ${message}`);
      if (trouble === 'terminal closed') requestStop(TERMINAL_CLOSED);
    });
  }
}

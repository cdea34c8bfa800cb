import { accessSync, constants } from 'node:fs';

const SHELL = '/bin/sh';

/**
 * What process 1 of a container does: it starts the command in its arguments, hands signals on,
 * asks for the exit status of every process that it inherits, and ends as the command does. A
 * `wait` that a signal interrupts answers with the signal's status, so it is repeated while the
 * command lives; the last one gives the status that the shell has kept of it.
 */
const INIT = `
trap 'kill -TERM "$child"' TERM
trap 'kill -INT "$child"' INT
trap 'kill -HUP "$child"' HUP
"$@" <&0 &
child=$!
while :; do
  wait "$child"
  status=$?
  kill -0 "$child" 2>/dev/null || break
done
wait "$child" 2>/dev/null
kept=$?
[ "$kept" -eq 127 ] || status=$kept
exit "$status"
`;

/** The part of `process` that is needed here. */
export interface ProcessOneHost
  extends Pick<NodeJS.Process, 'pid' | 'platform' | 'execPath' | 'execArgv' | 'argv' | 'env'> {
  execve?: NodeJS.Process['execve'];
}

/**
 * As process 1 of a container, replaces this process by a shell that starts this command again
 * as its child. Node.js asks for the exit status of its own children only, so what scripts leave
 * behind would stay as zombies. Call it before anything is open.
 *
 * Does nothing in any other process. Answers what to warn of where it cannot be done, else `null`.
 */
export function leaveProcessOne(host: ProcessOneHost = process): string | null {
  if (host.pid !== 1 || host.platform === 'win32') return null;
  if (host.execve === undefined || !canRun(SHELL)) {
    return (
      'as process 1, tickwork cannot reap what scripts leave behind: start the container with ' +
      '--init, or put "tini --" before the command'
    );
  }
  const command = [host.execPath, ...host.execArgv, ...host.argv.slice(1)];
  return host.execve(SHELL, ['sh', '-c', INIT, 'tickwork-init', ...command], host.env);
}

function canRun(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';

/**
 * Runs a program of the benchmark in a clean process of its own, so that no part disturbs the
 * next one by its memory, timers or warm code. The last line of its output is its answer, an
 * object of numbers. Throws if it fails or takes longer than `timeoutMs`.
 */
export async function inChild(
  program: URL,
  request: unknown,
  timeoutMs = 1_800_000,
): Promise<Readonly<Record<string, number>>> {
  const args = [...process.execArgv, fileURLToPath(program), JSON.stringify(request)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const kill = (): boolean => child.kill('SIGKILL');
  const timer = setTimeout(kill, timeoutMs);
  process.once('exit', kill);
  const [output, [code]] = await Promise.all([text(child.stdout), once(child, 'close')]);
  clearTimeout(timer);
  process.off('exit', kill);
  if (code !== 0) throw new Error(`${JSON.stringify(request)} ended with ${code}.`);
  return JSON.parse(output.trim().split('\n').at(-1) ?? '') as Record<string, number>;
}

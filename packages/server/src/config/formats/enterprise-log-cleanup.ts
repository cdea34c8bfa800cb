import { lstat, readdir, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import type { TaskContext } from 'tickwork';

const AGE_MS_MAX = 7 * 24 * 3_600_000;
/** `scheduler.log`, `scheduler.log.3`, `upload.log.2026-01-31.gz`. */
const LOG_NAME = /\.log(?:\.|$)/u;

/**
 * Removes the log files of a directory that were not written to for 7 days. Only regular files
 * whose names say that they are logs: the directory is the user's and may hold other things.
 */
export async function cleanLogs(
  directory: string,
  { log, signal }: Pick<TaskContext, 'log' | 'signal'>,
  now: number = Date.now(),
): Promise<{ readonly removed: number }> {
  let removed = 0;
  for (const name of await namesOf(directory)) {
    signal.throwIfAborted();
    if (!LOG_NAME.test(name)) continue;
    const path = join(directory, name);
    const stats = await lstat(path);
    if (!stats.isFile() || now - stats.mtimeMs <= AGE_MS_MAX) continue;
    await unlink(path);
    log(`删除过期日志文件: ${name}`);
    removed++;
  }
  log(`日志清理完成，删除了${removed}个文件`);
  return { removed };
}

async function namesOf(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if ((error as { code?: string }).code === 'ENOENT') return [];
    throw error;
  }
}

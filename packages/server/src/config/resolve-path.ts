import { isAbsolute, join } from 'node:path';

/** Absolute paths stay; others are relative to `directory`. */
export function resolvePath(path: string, directory: string): string {
  return isAbsolute(path) ? path : join(directory, path);
}

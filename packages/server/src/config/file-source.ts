import { dirname, relative, sep } from 'node:path';
import type { JobSource } from 'tickwork';
import type { LoadedConfig } from './load-config.ts';

/**
 * Who declares the jobs of a file: its path as seen from the store, so that a directory
 * with both may be moved or copied and its jobs still belong to its file.
 */
export function fileSource(config: Pick<LoadedConfig, 'file' | 'settings'>): JobSource {
  const path = relative(dirname(config.settings.store), config.file);
  return { kind: 'file', id: path.split(sep).join('/') };
}

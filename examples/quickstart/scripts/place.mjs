// Where the scripts of this example leave what they make.
import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const output = join(dirname(fileURLToPath(import.meta.url)), '..', 'output');

/** A folder below `output/`, made if it is missing. */
export function folder(...names) {
  const path = join(output, ...names);
  mkdirSync(path, { recursive: true });
  return path;
}

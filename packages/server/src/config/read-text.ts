import { closeSync, openSync, readSync } from 'node:fs';

const CHUNK_BYTES = 65_536;

/**
 * The text of a file, UTF-8, or `null` if it has more than `bytesMax` bytes. What a file says of
 * its size is not trusted: devices and pipes say 0. Throws what the system says, such as ENOENT.
 */
export function readText(path: string, bytesMax: number): string | null {
  const descriptor = openSync(path, 'r');
  try {
    const chunks: Buffer[] = [];
    let total = 0;
    for (;;) {
      const chunk = Buffer.allocUnsafe(CHUNK_BYTES);
      const count = readSync(descriptor, chunk);
      if (count === 0) return Buffer.concat(chunks).toString('utf8');
      total += count;
      if (total > bytesMax) return null;
      chunks.push(chunk.subarray(0, count));
    }
  } finally {
    closeSync(descriptor);
  }
}

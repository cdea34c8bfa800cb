import { createReadStream } from 'node:fs';
import { UsageError } from './fail.ts';

/** What a command that takes `[file]` reads, and how it calls that in messages. */
export interface InputText {
  readonly name: string;
  readonly text: string;
}

/**
 * Reads the file that a command was given, `-` being standard input, to its end. It waits for a
 * slow writer: a synchronous read of a pipe that is set to non-blocking fails with EAGAIN.
 * A byte order mark is left out. Throws UsageError if it cannot be read, has more than
 * `bytesMax` bytes (default: no limit), or is not UTF-8.
 */
export async function readInput(
  file: string,
  limits: { readonly bytesMax?: number } = {},
): Promise<InputText> {
  const { bytesMax = Number.POSITIVE_INFINITY } = limits;
  const name = file === '-' ? 'standard input' : file;
  const stream: AsyncIterable<Uint8Array> = file === '-' ? process.stdin : createReadStream(file);
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  try {
    for await (const chunk of stream) {
      chunks.push(chunk);
      bytes += chunk.byteLength;
      if (bytes > bytesMax) break;
    }
  } catch (error) {
    throw new UsageError(`${name}: cannot be read (${(error as NodeJS.ErrnoException).code}).`);
  }
  if (bytes > bytesMax) {
    throw new UsageError(`${name}: is too long; at most ${bytesMax} bytes are read.`);
  }
  return { name, text: decode(Buffer.concat(chunks), name) };
}

function decode(bytes: Uint8Array, name: string): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw new UsageError(`${name}: is not UTF-8; convert it first, such as with iconv -t UTF-8.`);
  }
}

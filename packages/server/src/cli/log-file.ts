import { appendFileSync, existsSync, mkdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import type { LogFile } from '../config/settings.ts';

/**
 * Appends lines to a file. When a line would make it larger than allowed, the file becomes
 * `.1`, the former `.1` becomes `.2`, and so on; the oldest beyond the count is removed.
 * Lines are written at once, so that none is lost when the process is killed.
 */
export class RotatingFile {
  readonly #options: LogFile;
  #byteCount: number;

  constructor(options: LogFile) {
    this.#options = options;
    mkdirSync(dirname(options.path), { recursive: true });
    this.#byteCount = existsSync(options.path) ? statSync(options.path).size : 0;
  }

  write(line: string): void {
    const bytes = Buffer.from(`${line}\n`);
    if (this.#byteCount > 0 && this.#byteCount + bytes.length > this.#options.bytesMax) {
      this.#rotate();
    }
    appendFileSync(this.#options.path, bytes);
    this.#byteCount += bytes.length;
  }

  #rotate(): void {
    const { path, backupCount } = this.#options;
    rmSync(`${path}.${backupCount}`, { force: true });
    for (let i = backupCount - 1; i >= 1; i--) {
      if (existsSync(`${path}.${i}`)) renameSync(`${path}.${i}`, `${path}.${i + 1}`);
    }
    if (backupCount > 0) renameSync(path, `${path}.1`);
    else rmSync(path, { force: true });
    this.#byteCount = 0;
  }
}

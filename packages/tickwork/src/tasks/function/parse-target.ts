import { statSync } from 'node:fs';
import { isAbsolute } from 'node:path';
import { pathToFileURL } from 'node:url';
import { TickworkError } from '../../core/base/errors.ts';
import type { TaskOptions } from '../../core/ports/task-handler.ts';
import type { WorkerTarget } from './run-in-worker.ts';

/**
 * Where the handler of a task in a worker is, or `null` for a task in this thread. Throws
 * INVALID_INPUT if the options do not fit together or the module is no existing file.
 */
export function parseTarget(options: TaskOptions): WorkerTarget | null {
  const { isolate, module, exportName = 'default' } = options;
  if (isolate === undefined) {
    if (module === undefined && options.exportName === undefined) return null;
    const field = module === undefined ? 'exportName' : 'module';
    throw refusal(field, options[field], 'it only means something in a worker thread.', {
      remedy: "Add isolate: 'worker'.",
    });
  }
  if (isolate !== 'worker') throw refusal('isolate', isolate, "the only value is 'worker'.");
  if (module === undefined) {
    throw refusal('module', undefined, 'a function cannot be moved into a worker thread.', {
      remedy: 'Give the file that exports it: module: new URL("./task.js", import.meta.url).',
    });
  }
  if (typeof exportName !== 'string' || exportName === '') {
    throw refusal('exportName', exportName, 'it must be the name of an export.');
  }
  return Object.freeze({ module: fileUrlOf(module), exportName });
}

function fileUrlOf(module: unknown): string {
  const url = urlOf(module);
  if (url?.protocol !== 'file:') {
    throw refusal('module', String(module), 'it must be a file URL or an absolute path.', {
      remedy: 'Use new URL("./task.js", import.meta.url) or import.meta.resolve("package").',
    });
  }
  let isFile: boolean;
  try {
    isFile = statSync(url).isFile();
  } catch (cause) {
    throw refusal('module', url.href, 'the file cannot be read.', { cause });
  }
  if (!isFile) throw refusal('module', url.href, 'it is no file.');
  return url.href;
}

function urlOf(module: unknown): URL | null {
  if (module instanceof URL) return module;
  if (typeof module !== 'string') return null;
  return isAbsolute(module) ? pathToFileURL(module) : URL.parse(module);
}

function refusal(
  field: string,
  value: unknown,
  reason: string,
  more: { readonly remedy?: string; readonly cause?: unknown } = {},
): TickworkError {
  return new TickworkError('INVALID_INPUT', { field, value, reason, ...more });
}

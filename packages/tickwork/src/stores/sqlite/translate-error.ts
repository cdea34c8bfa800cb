import { type ErrorCode, isTickworkError, TickworkError } from '../../core/base/errors.ts';

interface Translation {
  readonly code: ErrorCode;
  readonly reason: string;
  readonly remedy: string;
}

const busy: Translation = {
  code: 'STORE_LOCKED',
  reason: 'another process holds the file locked.',
  remedy: 'Try again; end a program that keeps a transaction open.',
};

const corrupt: Translation = {
  code: 'STORE_CORRUPT',
  reason: 'the file is damaged or no SQLite database.',
  remedy: 'Restore it from a backup, or name another file; a new one is created.',
};

const brokenSchema: Translation = {
  code: 'STORE_CORRUPT',
  reason: 'a table or a column is missing or was changed.',
  remedy: 'See `tickwork doctor`; restore the file from a backup, or name another file.',
};

/** SQLITE_CONSTRAINT_UNIQUE. */
const UNIQUE = 2067;

/** By primary result code, https://www.sqlite.org/rescode.html. */
const translations: Readonly<Record<number, Translation>> = {
  5: busy,
  6: busy,
  8: {
    code: 'STORE_READ_ONLY',
    reason: 'this process may not write the file or its directory.',
    remedy: 'Give the user of this process write permission to both.',
  },
  10: {
    code: 'STORE_UNAVAILABLE',
    reason: 'the disk failed to read or write.',
    remedy: 'Check the disk and the file system.',
  },
  11: corrupt,
  13: {
    code: 'STORE_FULL',
    reason: 'the disk or the limit of the file is full.',
    remedy: 'Make room; nothing of this call was written.',
  },
  14: {
    code: 'STORE_UNAVAILABLE',
    reason: 'the file cannot be opened.',
    remedy: 'Check the path and the permissions of its directory.',
  },
  18: {
    code: 'INVALID_INPUT',
    reason: 'a value is larger than SQLite can keep.',
    remedy: 'Pass a smaller input or result.',
  },
  26: corrupt,
};

/** Turns an error of SQLite on this file into one of the catalogue; others stay as they are. */
export function translateError(error: unknown, path: string): Error {
  if (isTickworkError(error)) return error;
  const errcode = sqliteCode(error);
  if (error instanceof SyntaxError) {
    const reason = `a text cannot be read: ${error.message}.`;
    const remedy = 'See `tickwork doctor`.';
    return new TickworkError('STORE_CORRUPT', { field: path, reason, remedy, cause: error });
  }
  if (errcode === null) return error instanceof Error ? error : new Error(String(error));
  const found = isBrokenSchema(error) ? brokenSchema : translations[errcode & 0xff];
  if (found === undefined) {
    return new TickworkError('BROKEN_INVARIANT', {
      field: path,
      reason: `SQLite refused a statement: ${(error as Error).message}.`,
      cause: error,
    });
  }
  const { code, reason, remedy } = found;
  return new TickworkError(code, { field: path, reason, remedy, cause: error });
}

/** Statements fit the schema that this version made: another program has changed it. */
function isBrokenSchema(error: unknown): boolean {
  return error instanceof Error && /\bno such (table|column|index)\b/.test(error.message);
}

/** True if the file was only locked: the same can succeed in a moment. */
export function isBusy(error: unknown): boolean {
  const errcode = sqliteCode(error);
  return errcode !== null && ((errcode & 0xff) === 5 || (errcode & 0xff) === 6);
}

/** True if a row was refused because another one has its unique value. */
export function isTaken(error: unknown): boolean {
  return sqliteCode(error) === UNIQUE;
}

/** The extended result code, or `null` for an error that is not SQLite's. */
function sqliteCode(error: unknown): number | null {
  if (!(error instanceof Error)) return null;
  const { code, errcode } = error as { code?: unknown; errcode?: unknown };
  return code === 'ERR_SQLITE_ERROR' && typeof errcode === 'number' ? errcode : null;
}

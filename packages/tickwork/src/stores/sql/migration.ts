import { createHash } from 'node:crypto';
import { TickworkError } from '../../core/base/errors.ts';

/** One step of a schema's history. Published steps never change: the checksum guards that. */
export interface Migration {
  /** 1, 2, 3, … without gaps. */
  readonly version: number;
  readonly name: string;
  readonly statements: readonly string[];
}

/** A row of `tickwork_migrations`. */
export interface AppliedMigration {
  readonly version: number;
  readonly name: string;
  readonly checksum: string;
}

export function checksumOf(migration: Migration): string {
  const text = migration.statements.map((statement) => statement.trim()).join(';\n');
  return createHash('sha256').update(text).digest('hex').slice(0, 32);
}

/**
 * The steps that a store still lacks, in order. `applied` is in order of versions; `store`
 * names the store in messages. Throws STORE_VERSION if a newer program has written it or a
 * step there differs from ours; a retry cannot help.
 */
export function missingMigrations(
  steps: readonly Migration[],
  applied: readonly AppliedMigration[],
  store: string,
): readonly Migration[] {
  if (applied.length > steps.length) {
    throw new TickworkError('STORE_VERSION', {
      field: store,
      reason:
        `its schema has version ${applied.length}, ` +
        `but this program knows only up to ${steps.length}.`,
      remedy: 'Use the newer Tickwork that wrote it, or restore a backup from before.',
    });
  }
  applied.forEach((row, index) => {
    const step = steps[index];
    if (step?.version === row.version && checksumOf(step) === row.checksum) return;
    throw new TickworkError('STORE_VERSION', {
      field: store,
      reason: `its schema step ${row.version} (${row.name}) is not the one of this program.`,
      remedy: 'Use the Tickwork that wrote it, or start with an empty store.',
    });
  });
  return steps.slice(applied.length);
}

import { DatabaseSync } from 'node:sqlite';
import { Database } from '../database.ts';
import { migrations } from '../schema.ts';
import { damage, type Finding } from './finding.ts';

interface SchemaRow {
  readonly type: 'table' | 'index';
  readonly name: string;
  readonly sql: string;
}

const select = `SELECT type, name, sql FROM sqlite_schema
WHERE sql IS NOT NULL AND name LIKE 'tickwork\\_%' ESCAPE '\\' AND name <> 'tickwork_migrations'
ORDER BY type DESC, name`;

/** Tables and indexes as this version makes them. */
function expectedSchema(): SchemaRow[] {
  const made = new Database(new DatabaseSync(':memory:'));
  try {
    for (const { statements } of migrations) for (const text of statements) made.exec(text);
    return made.all<SchemaRow>(select);
  } finally {
    made.close();
  }
}

/** Compares tables and indexes with those of this version; pages that cannot be read are told. */
export function findSchemaFaults(database: Database): Finding[] {
  const found = new Map(database.all<SchemaRow>(select).map((row) => [row.name, row.sql]));
  const faults: Finding[] = [];
  for (const { type, name, sql } of expectedSchema()) {
    const present = found.get(name);
    if (present === sql) continue;
    const what = present === undefined ? 'is missing' : 'differs from what this version made';
    if (type === 'table') faults.push(damage(`The table ${name} ${what}.`));
    else {
      const repair = `Makes the index ${name} anew; no data is changed.`;
      const mend = (): void => {
        database.exec(`DROP INDEX IF EXISTS ${name}`);
        database.exec(sql);
      };
      faults.push(damage(`The index ${name} ${what}.`, {}, { repair, mend }));
    }
  }
  return faults.length > 0 ? faults : findDamagedPages(database);
}

function findDamagedPages(database: Database): Finding[] {
  const rows = database.all<{ quick_check: string }>('PRAGMA quick_check(5)');
  return rows
    .filter(({ quick_check }) => quick_check !== 'ok')
    .map(({ quick_check }) => damage(`SQLite finds damage: ${quick_check}.`));
}

import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { SqlValue } from '../sql/sql-value.ts';

/** One connection with its prepared statements, each kept under its text. */
export class Database {
  readonly #handle: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  readonly #arrays = new Map<string, StatementSync>();

  constructor(handle: DatabaseSync) {
    this.#handle = handle;
  }

  /** Runs a statement; answers how many rows it changed. */
  run(text: string, ...values: SqlValue[]): number {
    return Number(this.#prepare(text).run(...values).changes);
  }

  /** Runs an INSERT of one row; answers its integer key. */
  insert(text: string, ...values: SqlValue[]): number {
    return Number(this.#prepare(text).run(...values).lastInsertRowid);
  }

  /** The first row, or `undefined`. `Row` says what the statement selects. */
  get<Row>(text: string, ...values: SqlValue[]): Row | undefined {
    return this.#prepare(text).get(...values) as Row | undefined;
  }

  all<Row>(text: string, ...values: SqlValue[]): Row[] {
    return this.#prepare(text).all(...values) as Row[];
  }

  /** All rows as arrays of their columns, for statements that read many. */
  rows<Row extends readonly unknown[]>(text: string, ...values: SqlValue[]): Row[] {
    let statement = this.#arrays.get(text);
    if (statement === undefined) {
      statement = this.#handle.prepare(text);
      statement.setReturnArrays(true);
      this.#arrays.set(text, statement);
    }
    return statement.all(...values) as unknown as Row[];
  }

  /** Runs statements that are not worth keeping prepared. */
  exec(text: string): void {
    this.#handle.exec(text);
  }

  get isInTransaction(): boolean {
    return this.#handle.isTransaction;
  }

  close(): void {
    this.#statements.clear();
    this.#arrays.clear();
    if (this.#handle.isOpen) this.#handle.close();
  }

  #prepare(text: string): StatementSync {
    let statement = this.#statements.get(text);
    if (statement === undefined) {
      statement = this.#handle.prepare(text);
      this.#statements.set(text, statement);
    }
    return statement;
  }
}

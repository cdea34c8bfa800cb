import type { RunDefinition } from '../../core/model/run.ts';
import type { Work } from '../sql/run-row.ts';
import { storedText } from '../sql/stored-text.ts';
import type { Database } from './database.ts';

/** More different ones are not shared: each run then carries its own. */
const SHARED_MAX = 1000;

/**
 * Tasks and policies that enqueued runs share, each stored once and for good. What is known
 * here is what is committed; a transaction's own additions are forgotten with it.
 */
export class SharedDefinitions {
  readonly #database: Database;
  readonly #idOfText = new Map<string, number>();
  readonly #definitionOfId = new Map<number, Work>();
  #added: string[] = [];
  /** The text of the last definition, as many in a row share the same objects. */
  #last: { readonly task: unknown; readonly policies: unknown; readonly text: string } | null =
    null;

  constructor(database: Database) {
    this.#database = database;
  }

  /** Before each transaction: what a former one has added and not committed is unknown. */
  begin(): void {
    for (const text of this.#added) {
      this.#definitionOfId.delete(this.#idOfText.get(text) ?? 0);
      this.#idOfText.delete(text);
    }
    this.#added = [];
  }

  committed(): void {
    this.#added = [];
  }

  /** The id of a definition without its input; `null` = it is not kept. */
  findId(definition: RunDefinition): number | null {
    const text = this.#textOf(definition);
    const known = this.#idOfText.get(text);
    if (known !== undefined) return known;
    const row = this.#database.get<{ id: number }>(
      'SELECT id FROM tickwork_shared_definitions WHERE text = ?',
      text,
    );
    if (row !== undefined) this.#note(text, row.id);
    return row?.id ?? null;
  }

  /** Keeps a definition without its input, inside a transaction; `null` = not to be shared. */
  add(definition: RunDefinition): number | null {
    if (this.#idOfText.size >= SHARED_MAX) return null;
    const stored = this.#database.get<{ n: number }>(
      'SELECT count(*) AS n FROM tickwork_shared_definitions',
    );
    if ((stored?.n ?? 0) >= SHARED_MAX) return null;
    const text = this.#textOf(definition);
    const id = this.#database.insert(
      'INSERT INTO tickwork_shared_definitions (text) VALUES (?)',
      text,
    );
    this.#note(text, id);
    return id;
  }

  #note(text: string, id: number): void {
    this.#added.push(text);
    this.#idOfText.set(text, id);
  }

  #textOf({ task, policies }: RunDefinition): string {
    const last = this.#last;
    if (last !== null && last.task === task && last.policies === policies) return last.text;
    const text = JSON.stringify({ task, policies });
    this.#last = { task, policies, text };
    return text;
  }

  /** What stands under an id that a run names. */
  workOf(id: number): Work | null {
    const known = this.#definitionOfId.get(id);
    if (known !== undefined) return known;
    const row = this.#database.get<{ text: string }>(
      'SELECT text FROM tickwork_shared_definitions WHERE id = ?',
      id,
    );
    if (row === undefined) return null;
    const work = storedText.work(row.text);
    this.#definitionOfId.set(id, work);
    return work;
  }
}

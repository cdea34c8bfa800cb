import { TickworkError } from '../core/base/errors.ts';
import type { Clock } from '../core/ports/clock.ts';
import type { Store } from '../core/ports/store.ts';
import type { DurationMs } from '../core/time/instant.ts';
import { createMemoryStore } from './memory/index.ts';
import { createSqliteStore } from './sqlite/index.ts';

/** What an opener may use besides the address. */
export interface StoreEnv {
  readonly clock: Clock;
  /** How long a call may wait while another program holds the store locked. */
  readonly lockTimeoutMs: DurationMs;
}

/** Opens a store from what follows its scheme. */
type StoreOpener = (rest: string, env: StoreEnv) => Promise<Store>;

/** All kinds of stores, by the scheme of their address. A new one is a folder and one line here. */
const openers: Readonly<Record<string, StoreOpener>> = {
  sqlite: async (path, { lockTimeoutMs }) => await createSqliteStore({ path, lockTimeoutMs }),
  memory: async (_nothing, { clock }) => createMemoryStore({ clock }),
};

/** Two letters at least, so that `C:\jobs.db` is a path. */
const ADDRESS = /^(?<scheme>[a-z][a-z0-9+.-]+):(?:\/\/)?(?<rest>.*)$/isu;

/**
 * Opens the store that an address names: the path of a SQLite file, `sqlite:<path>` or
 * `memory:`. Schemes are read in any case; `sqlite:///srv/jobs.db` is the absolute path.
 *
 * Throws INVALID_INPUT for a scheme that is not known and for an address without a path, and what
 * opening the store throws.
 */
export async function openStore(address: string, env: StoreEnv): Promise<Store> {
  const { scheme = 'sqlite', rest = address } = ADDRESS.exec(address)?.groups ?? {};
  const name = scheme.toLowerCase();
  const open = Object.hasOwn(openers, name) ? openers[name] : undefined;
  if (open === undefined) {
    throw refusal(address, `names the store \`${name}:\`, which is not known here.`);
  }
  if (name === 'memory' && rest !== '') {
    throw refusal(address, 'names a place, but a store in memory has none.');
  }
  if (name !== 'memory' && rest.trim() === '') throw refusal(address, 'names no file.');
  return await open(rest, env);
}

function refusal(address: string, reason: string): TickworkError {
  return new TickworkError('INVALID_INPUT', {
    field: 'store',
    value: withoutPassword(address),
    reason,
    remedy: 'Write the path of a file, `sqlite:<path>` or `memory:`.',
  });
}

/** Addresses of database servers carry passwords, which must not reach a log. */
function withoutPassword(address: string): string {
  return address.replace(/(?<=\/\/[^/@]*:)[^@]*(?=@)/u, '***');
}

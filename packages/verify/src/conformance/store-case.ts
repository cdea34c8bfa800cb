import type { Store } from '../../../tickwork/src/core/ports/store.ts';

/** What a case sees: an empty store, and a second view of it such as another node has. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly other: Store;
}

/** Promises of the port and what proves them. */
export type StoreCases = Readonly<Record<string, (under: StoreUnderTest) => Promise<void>>>;

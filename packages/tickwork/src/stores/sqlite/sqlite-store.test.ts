import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { storeConformance } from '@tickwork/verify/conformance/store-conformance.ts';
import { describe, test } from 'vitest';
import { createSqliteStore } from './index.ts';

const checks = storeConformance(async () => {
  const directory = mkdtempSync(join(tmpdir(), 'tickwork-sqlite-'));
  const options = { path: join(directory, 'store.db'), durable: false };
  const store = await createSqliteStore(options);
  const other = await createSqliteStore(options);
  const close = async (): Promise<void> => {
    await store.close();
    await other.close();
    rmSync(directory, { recursive: true });
  };
  return { store, other, close };
});

describe('the SQLite store keeps the promises of a store', () => {
  for (const { name, check } of checks) test(name, check);
});

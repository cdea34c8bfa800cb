import { storeConformance } from '@tickwork/verify/conformance/store-conformance.ts';
import { describe, expect, test } from 'vitest';
import { createMemoryStore } from './index.ts';

let at = 0;
const clock = { now: () => at, mono: () => 0 };

const checks = storeConformance(async () => {
  const store = createMemoryStore({ clock });
  return { store, other: store, close: () => store.close() };
});

describe('the memory store keeps the promises of a store', () => {
  for (const { name, check } of checks) test(name, check);
});

test('the memory store reads the clock it was given, never backwards', async () => {
  const store = createMemoryStore({ clock, clockSource: 'database' });
  at = 5000;
  expect(await store.readClock()).toBe(5000);
  at = 4000;
  expect(await store.readClock()).toBe(5000);
  expect(store.clockSource).toBe('database');
});

import { expect, it } from 'vitest';
import { isoInstants } from './instants.ts';

it('writes our instants as text', () => {
  const run = { fireAt: 0, holdUntil: 1000, window: [{ toAt: 0 }], count: 5 };
  const at = '1970-01-01T00:00:00.000Z';
  const holdUntil = '1970-01-01T00:00:01.000Z';
  expect(isoInstants(run)).toEqual({ fireAt: at, holdUntil, window: [{ toAt: at }], count: 5 });
});

it.each(['input', 'result', 'progress', 'options'])('leaves the %s of users alone', (key) => {
  let deep: unknown = { createdAt: 5 };
  for (let i = 0; i < 100_000; i++) deep = [deep];
  const run = { [key]: deep };
  expect((isoInstants(run) as typeof run)[key]).toBe(deep);
});

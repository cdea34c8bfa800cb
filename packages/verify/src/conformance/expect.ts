import assert from 'node:assert/strict';

/** What a case can say of a value; each throws an AssertionError if it is not so. */
export interface Expectation {
  toBe(expected: unknown): void;
  toEqual(expected: unknown): void;
  /** Objects may have more properties, arrays not more items. */
  toMatchObject(expected: object): void;
  toHaveLength(expected: number): void;
  toBeNull(): void;
  toBeGreaterThan(expected: number): void;
  toBeGreaterThanOrEqual(expected: number): void;
  readonly not: { toBe(expected: unknown): void; toHaveProperty(name: string): void };
  readonly rejects: { toMatchObject(expected: object): Promise<void> };
}

/** The few expectations that the conformance cases need, for any test runner. */
export function expect(actual: unknown): Expectation {
  return {
    toBe: (expected) => assert.equal(actual, expected),
    toEqual: (expected) => assert.deepEqual(actual, expected),
    toMatchObject: (expected) => matchObject(actual, expected),
    toHaveLength: (expected) => assert.equal((actual as { length?: number }).length, expected),
    toBeNull: () => assert.equal(actual, null),
    toBeGreaterThan: (expected) => assert.ok(Number(actual) > expected, `${actual} > ${expected}`),
    toBeGreaterThanOrEqual: (expected) =>
      assert.ok(Number(actual) >= expected, `${actual} >= ${expected}`),
    not: {
      toBe: (expected) => assert.notEqual(actual, expected),
      toHaveProperty: (name) => assert.ok(!Object.hasOwn(actual as object, name), `has ${name}`),
    },
    rejects: {
      toMatchObject: async (expected) => {
        const nothing = Symbol('resolved');
        const reason = await (actual as Promise<unknown>).then(
          () => nothing,
          (error: unknown) => error,
        );
        assert.notEqual(reason, nothing, 'the call should be refused');
        matchObject(reason, expected);
      },
    },
  };
}

function matchObject(actual: unknown, expected: unknown): void {
  if (typeof expected !== 'object' || expected === null) {
    assert.deepEqual(actual, expected);
    return;
  }
  assert.ok(typeof actual === 'object' && actual !== null, `${String(actual)} is no object`);
  if (Array.isArray(expected)) {
    assert.ok(Array.isArray(actual) && actual.length === expected.length, 'another length');
  }
  for (const [name, value] of Object.entries(expected)) {
    matchObject((actual as Record<string, unknown>)[name], value);
  }
}

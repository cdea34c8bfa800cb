import { describe, expect, it } from 'vitest';
import type { Json } from '../base/json.ts';
import { defaultPolicies, type Policies } from '../model/policy.ts';
import { limitsOf } from './limits-of.ts';

const run = { jobName: 'j', handler: 'function:work' };

function check(policies: Partial<Policies>, input: Json = null) {
  return limitsOf(run, { input, policies: { ...defaultPolicies, ...policies } });
}

describe('what a start must find room in', () => {
  it('is nothing unless a policy asks', () => {
    expect(check({})).toEqual({});
  });

  it.each([
    [null, null, 'job:j'],
    ['tenants', null, 'key:tenants'],
    ['tenant-{input.tenant}', { tenant: 7 }, 'key:tenant-7'],
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what users may write.
    ['t-${input.a.b}', { a: { b: 'x' } }, 'key:t-x'],
    ['t-{input.none.b}', { a: 1 }, 'key:t--'],
    ['{input}', { a: [1] }, 'key:{"a":[1]}'],
    ['{input.list.1}', { list: ['a', 'b'] }, 'key:b'],
    ['{input.toString}', { a: 1 }, 'key:-'],
  ] as const)('the key %j with the input %j is %s', (key, input, expected) => {
    const { slots } = check({ concurrency: { key, max: 2 } }, input as Json);
    expect(slots).toEqual([{ key: expected, weight: 1, max: 2 }]);
  });

  it('has the pool beside the key, and the rate', () => {
    const found = check({
      concurrency: { key: 'k', max: 1 },
      pool: { name: 'db', weight: 2, size: 4 },
      rate: { max: 10, perMs: 60_000, key: null },
    });
    expect(found).toEqual({
      slots: [
        { key: 'key:k', weight: 1, max: 1 },
        { key: 'pool:db', weight: 2, max: 4 },
      ],
      rate: { key: 'job:j', max: 10, perMs: 60_000 },
    });
    expect(
      limitsOf(
        { ...run, jobName: null },
        { input: null, policies: { ...defaultPolicies, rate: { max: 1, perMs: 1, key: null } } },
      ).rate?.key,
    ).toBe('job:function:work');
  });
});

import { describe, expect, it } from 'vitest';
import { defaultPolicies, type Policies } from '../model/policy.ts';
import { type PoliciesInput, parsePolicies, policyKeys } from './parse-policies.ts';

const parse = (values: Record<string, unknown>, defaults = defaultPolicies): Policies =>
  parsePolicies(values, defaults, 'jobs.a');

const fixed = { kind: 'fixed', delayMs: 5_000 };

const good: readonly [PoliciesInput, object][] = [
  [{}, defaultPolicies],
  [{ misfire: 'skip' }, { misfire: { ...defaultPolicies.misfire, mode: 'skip' } }],
  [
    { misfire: { mode: 'fire-all', grace: '2s', maxAge: '1h', maxRuns: 5 } },
    { misfire: { mode: 'fire-all', graceMs: 2_000, ageMsMax: 3_600_000, runsMax: 5 } },
  ],
  [{ misfire: { grace: 0 } }, { misfire: { ...defaultPolicies.misfire, graceMs: 0 } }],
  [{ overlap: 'allow' }, { overlap: { mode: 'allow', waitingMax: 1_000 } }],
  [
    { overlap: { mode: 'queue-all', maxWaiting: 3 } },
    { overlap: { mode: 'queue-all', waitingMax: 3 } },
  ],
  [{ retry: 0 }, { retry: { attemptsMax: 0, backoff: fixed, jitter: 0 } }],
  [{ retry: false }, { retry: { attemptsMax: 0, backoff: fixed, jitter: 0 } }],
  [{ retry: 7 }, { retry: { attemptsMax: 7, backoff: fixed, jitter: 0 } }],
  [
    { retry: { attempts: 2, delay: '1m', jitter: 0.25 } },
    { retry: { attemptsMax: 2, backoff: { kind: 'fixed', delayMs: 60_000 }, jitter: 0.25 } },
  ],
  [
    { retry: { backoff: 'exponential', delay: '1s' } },
    {
      retry: {
        attemptsMax: 3,
        backoff: { kind: 'exponential', delayMs: 1_000, factor: 2, delayMsMax: 3_600_000 },
        jitter: 0,
      },
    },
  ],
  [
    { retry: { delays: ['1s', 500] } },
    { retry: { attemptsMax: 2, backoff: { kind: 'list', delaysMs: [1_000, 500] }, jitter: 0 } },
  ],
  [
    { retry: { backoff: 'list', delays: ['1s'], attempts: 9 } },
    { retry: { attemptsMax: 9, backoff: { kind: 'list', delaysMs: [1_000] }, jitter: 0 } },
  ],
  [{ timeout: '90s' }, { timeoutMs: 90_000 }],
  [{ timeout: 1_500 }, { timeoutMs: 1_500 }],
  [{ timeout: false }, { timeoutMs: null }],
  [{ timeout: 0 }, { timeoutMs: null }],
  [{ cancelGrace: 0 }, { cancelGraceMs: 0 }],
  [{ onNodeLoss: 'fail' }, { onNodeLoss: 'fail' }],
  [{ onlyIf: 'open' }, { onlyIf: { kind: 'function', name: 'open', options: {} } }],
  [
    { onlyIf: { script: 'open.sh' } },
    { onlyIf: { kind: 'script', name: '', options: { path: 'open.sh' } } },
  ],
  [{ onlyIf: false }, {}],
  [{ priority: -100 }, { priority: -100 }],
  [{ retention: { age: '7d', runs: 0 } }, { retention: { ageMs: 604_800_000, runsMax: 0 } }],
  [
    { retention: { age: '1d', runs: 9, failedAge: '7d', failedRuns: 3 } },
    {
      retention: {
        ...{ ageMs: 86_400_000, runsMax: 9 },
        failed: { ageMs: 604_800_000, runsMax: 3 },
      },
    },
  ],
  [
    { retention: { runs: 9, failedAge: '90d' } },
    {
      retention: {
        ...{ ageMs: 2_592_000_000, runsMax: 9 },
        failed: { ageMs: 7_776_000_000, runsMax: 9 },
      },
    },
  ],
  [
    { retention: { failedRuns: 0 } },
    {
      retention: {
        ...{ ageMs: 2_592_000_000, runsMax: 1000 },
        failed: { ageMs: 2_592_000_000, runsMax: 0 },
      },
    },
  ],
];

const bad: readonly [Record<string, unknown>, string][] = [
  [{ misfire: 'later' }, 'jobs.a.misfire.mode'],
  [{ misfire: 5 }, 'jobs.a.misfire'],
  [{ misfire: { grace: 'soon' } }, 'jobs.a.misfire.grace'],
  [{ misfire: { maxRuns: 0 } }, 'jobs.a.misfire.maxRuns'],
  [{ misfire: { maxRuns: 1.5 } }, 'jobs.a.misfire.maxRuns'],
  [{ misfire: { max: 5 } }, 'jobs.a.misfire.max'],
  [{ overlap: null }, 'jobs.a.overlap'],
  [{ overlap: 'queue' }, 'jobs.a.overlap.mode'],
  [{ overlap: { maxWaiting: -1 } }, 'jobs.a.overlap.maxWaiting'],
  [{ retry: -1 }, 'jobs.a.retry'],
  [{ retry: Number.NaN }, 'jobs.a.retry'],
  [{ retry: 1_001 }, 'jobs.a.retry'],
  [{ retry: true }, 'jobs.a.retry'],
  [{ retry: 'often' }, 'jobs.a.retry'],
  [{ retry: { jitter: 2 } }, 'jobs.a.retry.jitter'],
  [{ retry: { delays: [] } }, 'jobs.a.retry.delays'],
  [{ retry: { delays: ['1s', {}] } }, 'jobs.a.retry.delays[1]'],
  [{ retry: { delays: '1s' } }, 'jobs.a.retry.delays'],
  [{ retry: { backoff: 'list' } }, 'jobs.a.retry.delays'],
  [{ retry: { backoff: 'exponential', factor: 0.5 } }, 'jobs.a.retry.factor'],
  [{ retry: { wait: '1s' } }, 'jobs.a.retry.wait'],
  [{ timeout: -5 }, 'jobs.a.timeout'],
  [{ timeout: {} }, 'jobs.a.timeout'],
  [{ cancelGrace: [] }, 'jobs.a.cancelGrace'],
  [{ onNodeLoss: 'ignore' }, 'jobs.a.onNodeLoss'],
  [{ onlyIf: true }, 'jobs.a.onlyIf'],
  [{ priority: 101 }, 'jobs.a.priority'],
  [{ priority: '5' }, 'jobs.a.priority'],
  [{ retention: { days: 3 } }, 'jobs.a.retention.days'],
  [{ retention: [] }, 'jobs.a.retention'],
  [{ retention: { failedAge: 'long' } }, 'jobs.a.retention.failedAge'],
  [{ retention: { failedRuns: -1 } }, 'jobs.a.retention.failedRuns'],
];

describe('parsePolicies', () => {
  it.each(good)('reads %j', (values, expected) => {
    expect(parse(values as Record<string, unknown>)).toEqual({ ...defaultPolicies, ...expected });
  });

  it.each(bad)('refuses %j and names %s', (values, field) => {
    expect(() => parse(values)).toThrow(
      expect.objectContaining({
        field,
        code: expect.stringMatching(/^INVALID_(JOB|DURATION)$/),
      }),
    );
  });

  it('takes absent parts from the given defaults', () => {
    const defaults = parse({ misfire: { mode: 'skip', grace: '9s' }, retry: { delays: ['4s'] } });
    const found = parse(
      { misfire: 'fire-all', retry: { attempts: 5, backoff: 'fixed' } },
      defaults,
    );
    expect(found.misfire).toMatchObject({ mode: 'fire-all', graceMs: 9_000 });
    expect(found.retry).toMatchObject({
      attemptsMax: 5,
      backoff: { kind: 'fixed', delayMs: 4_000 },
    });
    const checked = parse({ onlyIf: 'open' });
    expect(parse({}, checked).onlyIf).toEqual(checked.onlyIf);
    expect(parse({ onlyIf: false }, checked)).not.toHaveProperty('onlyIf');
    const apart = parse({ retention: { failedAge: 5, failedRuns: 2 } });
    expect(parse({ retention: { runs: 1 } }, apart).retention).toEqual({
      ...{ ageMs: 2_592_000_000, runsMax: 1, failed: { ageMs: 5, runsMax: 2 } },
    });
    expect(parse({ retry: 2 }, defaults).retry.backoff).toEqual({
      kind: 'list',
      delaysMs: [4_000],
    });
  });

  it('leaves keys that are no policies alone', () => {
    expect(parse({ task: 'x', every: '1s' })).toEqual(defaultPolicies);
    expect(policyKeys).not.toContain('task');
  });
});

it.each([
  [{ timeout: 'x'.repeat(20_000) }, 'jobs.a.timeout'],
  [{ retry: { delays: ['1s', 'x'.repeat(20_000)] } }, 'jobs.a.retry.delays[1]'],
])('refuses long texts before they are read: %#', (values, field) => {
  const reason = 'has 20000 characters; at most 10000 are read.';
  expect(() => parse(values)).toThrow(expect.objectContaining({ field, reason }));
});

it.each([
  [{ maxDelay: 'garbage' }, 'maxDelay'],
  [{ backoff: 'fixed', factor: 1_000 }, 'factor'],
  [{ backoff: 'exponential', delays: ['soon'] }, 'delays[0]'],
  [{ backoff: 'list', delays: ['1s'], delay: 'soon' }, 'delay'],
])('checks what the kind of backoff does not need, too: %j', (retry, key) => {
  const field = `jobs.a.retry.${key}`;
  expect(() => parse({ retry })).toThrow(expect.objectContaining({ field }));
});

it('accepts what defaults say for another kind of backoff', () => {
  const retry = { backoff: 'fixed', delay: '1s', maxDelay: '1h', factor: 3 };
  expect(parse({ retry }).retry.backoff).toEqual({ kind: 'fixed', delayMs: 1_000 });
});

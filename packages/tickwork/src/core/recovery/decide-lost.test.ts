import { storedRun } from '@tickwork/verify/engine/stored-run.ts';
import { describe, expect, it } from 'vitest';
import { defaultPolicies, type Policies } from '../model/policy.ts';
import type { Run } from '../model/run.ts';
import { decideLost } from './decide-lost.ts';

interface Case {
  readonly name: string;
  readonly run?: Partial<Run>;
  readonly policies?: Partial<Policies>;
  readonly expected: ReturnType<typeof decideLost> | object;
}

const cases: readonly Case[] = [
  {
    name: 'another attempt follows at once',
    expected: { state: 'RETRY', reason: 'node-lost', outcome: 'lost', dueAt: 5_000 },
  },
  { name: 'also after two lost ones', run: { lostCount: 1 }, expected: { state: 'RETRY' } },
  {
    name: 'the third in a row is the last',
    run: { lostCount: 2 },
    expected: { state: 'FAILED', reason: 'poison', dueAt: null },
  },
  {
    name: 'at most once',
    policies: { onNodeLoss: 'fail' },
    expected: { state: 'FAILED', reason: 'node-lost', dueAt: null },
  },
  {
    name: 'one that was to stop is cancelled',
    run: { cancelRequested: true, reason: 'request' },
    expected: { state: 'CANCELLED', reason: 'request', dueAt: null },
  },
  {
    name: 'with the reason of who asked',
    run: { cancelRequested: true, reason: 'overlap', lostCount: 2 },
    expected: { state: 'CANCELLED', reason: 'overlap' },
  },
];

describe('decideLost', () => {
  it.each(cases)('$name', ({ run = {}, policies = {}, expected }) => {
    const lost = storedRun({ state: 'RUNNING', nodeId: 'n9', attempt: 4, ...run });
    const decided = decideLost(lost, { ...defaultPolicies, ...policies }, 5_000);
    expect(decided).toMatchObject(expected);
    expect(decided.error).toBe('node n9 was lost during attempt 4');
    expect(decided.outcome).toBe('lost');
  });
});

import { storedRun } from '@tickwork/verify/engine/stored-run.ts';
import { describe, expect, it } from 'vitest';
import { defaultPolicies, type MisfirePolicy, type OverlapPolicy } from '../model/policy.ts';
import type { Run } from '../model/run.ts';
import {
  decideStart,
  needsMisfireDecision,
  type StartDecision,
  type StartFacts,
} from './decide-start.ts';

const FIRE = 10_000;
const LATE = FIRE + 1_001;

interface Case {
  readonly name: string;
  readonly run?: Partial<Run>;
  readonly facts?: Partial<StartFacts>;
  readonly misfire?: Partial<MisfirePolicy>;
  readonly overlap?: OverlapPolicy['mode'];
  readonly now?: number;
  readonly expected: StartDecision;
}

const start = { decision: 'start', exclusive: true } as const;
const free = { decision: 'start', exclusive: false } as const;
const skip = (reason: 'misfire' | 'coalesced' | 'paused' | 'superseded') =>
  ({ decision: 'skip', reason }) as const;

const cases: readonly Case[] = [
  { name: 'at its instant', expected: start },
  { name: 'within the grace', now: FIRE + 1_000, misfire: { mode: 'skip' }, expected: start },
  { name: 'later, to be skipped', now: LATE, misfire: { mode: 'skip' }, expected: skip('misfire') },
  { name: 'later, the latest of all', now: LATE, expected: start },
  {
    name: 'later, with a later one',
    now: LATE,
    facts: { laterOverdue: true },
    expected: skip('coalesced'),
  },
  {
    name: 'later, with a plan behind',
    now: LATE,
    facts: { planIsCurrent: false },
    expected: { decision: 'defer' },
  },
  {
    name: 'later, all are run',
    now: LATE,
    misfire: { mode: 'fire-all' },
    facts: { laterOverdue: true },
    expected: start,
  },
  { name: 'too old, fire-once', now: FIRE + 86_400_001, expected: skip('misfire') },
  {
    name: 'too old, fire-all',
    now: FIRE + 5_001,
    misfire: { mode: 'fire-all', ageMsMax: 5_000 },
    expected: skip('misfire'),
  },
  {
    name: 'just young enough',
    now: FIRE + 5_000,
    misfire: { mode: 'fire-all', ageMsMax: 5_000 },
    expected: start,
  },
  {
    name: 'lateness counts from the jittered start',
    run: { startAt: FIRE + 5_000 },
    now: FIRE + 6_000,
    misfire: { mode: 'skip' },
    expected: start,
  },
  {
    name: 'one that waits in a queue',
    run: { waiting: true },
    now: LATE,
    misfire: { mode: 'skip' },
    expected: start,
  },
  {
    name: 'a further attempt',
    run: { state: 'RETRY', attempt: 1 },
    now: LATE,
    misfire: { mode: 'skip' },
    expected: free,
  },
  { name: 'overlap allowed', overlap: 'allow', expected: free },
  {
    name: 'without a job',
    run: { jobId: null, origin: 'enqueue' },
    now: LATE,
    misfire: { mode: 'skip' },
    expected: free,
  },
  {
    name: 'by hand, late and paused',
    run: { origin: 'manual' },
    now: LATE,
    misfire: { mode: 'skip' },
    facts: { jobStatus: 'paused' },
    expected: start,
  },
  {
    name: 'after a job, paused',
    run: { origin: 'after' },
    facts: { jobStatus: 'paused' },
    expected: skip('paused'),
  },
  {
    name: 'at a start, disabled',
    run: { origin: 'startup' },
    facts: { jobStatus: 'disabled' },
    expected: skip('superseded'),
  },
  {
    name: 'after a job, late',
    run: { origin: 'after' },
    now: LATE,
    misfire: { mode: 'skip' },
    expected: start,
  },
  {
    name: 'a further attempt of a paused one',
    run: { origin: 'after', state: 'RETRY', attempt: 1 },
    facts: { jobStatus: 'paused' },
    expected: free,
  },
];

describe('decideStart', () => {
  it.each(cases)('$name', ({ run, facts, misfire, overlap = 'skip', now = FIRE, expected }) => {
    const policies = {
      ...defaultPolicies,
      misfire: { ...defaultPolicies.misfire, ...misfire },
      overlap: { ...defaultPolicies.overlap, mode: overlap },
    };
    const known = { jobStatus: 'active', planIsCurrent: true, laterOverdue: false } as const;
    const due = storedRun({ fireAt: FIRE, ...run });
    expect(decideStart(due, { policies, ...known, ...facts }, now)).toEqual(expected);
  });
});

describe('needsMisfireDecision', () => {
  it.each([
    ['late', {}, true],
    ['waiting', { waiting: true }, false],
    ['begun', { attempt: 1 }, false],
    ['by hand', { origin: 'manual' }, false],
  ] as const)('%s', (_, fields, expected) => {
    const run = storedRun({ fireAt: FIRE, ...fields });
    expect(needsMisfireDecision(run, defaultPolicies, LATE)).toBe(expected);
    expect(needsMisfireDecision(run, defaultPolicies, FIRE)).toBe(false);
  });
});

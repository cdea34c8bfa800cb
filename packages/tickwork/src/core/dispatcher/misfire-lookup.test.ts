import { definition, storedJob } from '@tickwork/verify/engine/stored-job.ts';
import { storedRun } from '@tickwork/verify/engine/stored-run.ts';
import { describe, expect, it } from 'vitest';
import type { Job } from '../model/job.ts';
import type { Run } from '../model/run.ts';
import type { RunFilter } from '../ports/run-store.ts';
import { type MisfireFacts, misfireLookup } from './misfire-lookup.ts';

const NOW = 100_000;
const GRACE = 1_000;

interface Case {
  readonly name: string;
  readonly job?: Partial<Job> | null;
  /** PENDING runs of the job that are overdue. */
  readonly overdue?: readonly Partial<Run>[];
  /** Runs of the job that were decided. */
  readonly decided?: readonly number[];
  readonly expected: MisfireFacts;
}

const cases: readonly Case[] = [
  { name: 'the only one', expected: { planIsCurrent: true, laterOverdue: false, intoRunId: null } },
  {
    name: 'a plan that is behind',
    job: { nextFireAt: NOW },
    expected: { planIsCurrent: false, laterOverdue: false, intoRunId: null },
  },
  {
    name: 'a job that waits for events',
    job: { nextFireAt: null },
    expected: { planIsCurrent: true, laterOverdue: false, intoRunId: null },
  },
  {
    name: 'a removed job',
    job: null,
    expected: { planIsCurrent: true, laterOverdue: false, intoRunId: null },
  },
  {
    name: 'earlier ones',
    overdue: [{ fireAt: 10_000 }, { fireAt: 50_000 }],
    decided: [40_000, 50_000],
    expected: { planIsCurrent: true, laterOverdue: false, intoRunId: null },
  },
  {
    name: 'a later one that is missed too',
    overdue: [
      { id: 'later', fireAt: 60_000, createdAt: 59_000 },
      { id: 'latest', fireAt: 61_000, createdAt: 60_000 },
    ],
    expected: { planIsCurrent: true, laterOverdue: true, intoRunId: 'later' },
  },
  {
    name: 'a later one that was planned late and has counted it',
    overdue: [{ id: 'latest', fireAt: 61_000, createdAt: 61_000 + GRACE + 1 }],
    expected: { planIsCurrent: true, laterOverdue: true, intoRunId: null },
  },
  {
    name: 'a later one within the grace',
    overdue: [{ fireAt: NOW - GRACE }],
    expected: { planIsCurrent: true, laterOverdue: false, intoRunId: null },
  },
  {
    name: 'a later one that its jitter holds back',
    overdue: [{ fireAt: 60_000, startAt: NOW + 5 }],
    expected: { planIsCurrent: true, laterOverdue: false, intoRunId: null },
  },
  {
    name: 'a later one of another job',
    overdue: [{ fireAt: 60_000, jobId: 2 }],
    expected: { planIsCurrent: true, laterOverdue: false, intoRunId: null },
  },
  {
    name: 'a later one that was decided',
    decided: [60_000],
    expected: { planIsCurrent: true, laterOverdue: true, intoRunId: null },
  },
  {
    name: 'a decided one within the grace',
    decided: [NOW - GRACE],
    expected: { planIsCurrent: true, laterOverdue: false, intoRunId: null },
  },
];

describe('misfireLookup', () => {
  it.each(cases)('of $name', async ({ job = {}, overdue = [], decided = [], expected }) => {
    const found =
      job === null ? null : storedJob({}, { nextFireAt: NOW + 1, cursorAt: NOW, ...job });
    const lookup = misfireLookup({
      findOverdue: async () => overdue.map((fields) => storedRun(fields)),
      findJobs: async (names) => names.map(() => found),
      async listRuns(filter: RunFilter) {
        const inside = decided.filter(
          (at) => at >= (filter.fromAt ?? 0) && at < (filter.toAt ?? Number.POSITIVE_INFINITY),
        );
        return { runs: inside.map((fireAt) => storedRun({ fireAt })), next: null };
      },
    });
    const run = storedRun({ id: 'late', fireAt: 50_000 });
    const facts = await lookup([run], [definition()], [run], NOW);
    expect(facts.get('late')).toEqual(expected);
  });

  it('asks for no runs of a job whose last decided instant it is', async () => {
    const unasked = async (): Promise<never> => {
      throw new Error('This need not be read.');
    };
    const job = storedJob({}, { nextFireAt: NOW + 1, cursorAt: 50_000 });
    const store = { findOverdue: unasked, listRuns: unasked, findJobs: async () => [job] };
    const run = storedRun({ id: 'late', fireAt: 50_000 });
    const facts = await misfireLookup(store)([run], [definition()], [run], NOW);
    const expected = { planIsCurrent: true, laterOverdue: false, intoRunId: null };
    expect(facts.get('late')).toEqual(expected);
  });

  it('asks for the runs of a former job of the same name', async () => {
    const asked: number[] = [];
    const lookup = misfireLookup({
      async findOverdue(jobIds) {
        asked.push(...jobIds);
        return [];
      },
      findJobs: async () => [storedJob({}, { id: 2, nextFireAt: NOW + 1, cursorAt: 50_000 })],
      listRuns: async () => ({ runs: [storedRun({ fireAt: 60_000 })], next: null }),
    });
    const run = storedRun({ id: 'late', jobId: 1, fireAt: 50_000 });
    const facts = await lookup([run], [definition()], [run], NOW);
    expect(asked).toEqual([1]);
    expect(facts.get('late')?.laterOverdue).toBe(true);
  });
});

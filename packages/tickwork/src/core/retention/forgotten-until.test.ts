import { definition, storedJob } from '@tickwork/verify/engine/stored-job.ts';
import { storedRun } from '@tickwork/verify/engine/stored-run.ts';
import { describe, expect, it } from 'vitest';
import type { RetentionPolicy } from '../model/policy.ts';
import type { RunState } from '../model/run-state.ts';
import { forgottenUntil } from './forgotten-until.ts';

type Ended = readonly [at: number, state: RunState];

const NOW = 1_000;
const ALL: RetentionPolicy = { ageMs: 400, runsMax: 3 };
const APART: RetentionPolicy = { ...ALL, failed: { ageMs: 800, runsMax: 3 } };
const NOTHING = Number.NEGATIVE_INFINITY;

interface Case {
  readonly retention: RetentionPolicy;
  /** By the counts of the job. */
  readonly success?: number;
  readonly failure?: number;
  readonly cancelled?: number;
  readonly lastEndedAt: number | null;
  /** Newest first. */
  readonly kept: readonly Ended[];
  readonly fromAt?: number;
}

async function answerOf(given: Case): Promise<number> {
  const job = storedJob();
  const stats = {
    ...job.stats,
    successCount: given.success ?? 0,
    failureCount: given.failure ?? 0,
    cancelledCount: given.cancelled ?? 0,
    lastEndedAt: given.lastEndedAt,
  };
  const runs = given.kept.map(([endedAt, state], i) =>
    storedRun({ id: `1-${i}`, fireAt: endedAt, endedAt, state }),
  );
  const store = {
    findJobs: async () => [{ ...job, stats }],
    // A page of one, as if each run came for itself.
    listRuns: async (_: unknown, { after }: { readonly after: string | null }) => {
      const at = after === null ? 0 : Number(after);
      return { runs: runs.slice(at, at + 1), next: at + 1 < runs.length ? `${at + 1}` : null };
    },
  };
  const definitions = [definition({ policies: { retention: given.retention } })];
  return await forgottenUntil(store, job, { definitions, fromAt: given.fromAt ?? 10, now: NOW });
}

describe('what a job has forgotten', () => {
  it.each<[string, Case, number]>([
    ['a job without ends', { retention: ALL, lastEndedAt: null, kept: [] }, NOTHING],
    [
      'a job all of whose ends are kept',
      {
        retention: ALL,
        success: 1,
        failure: 1,
        lastEndedAt: 900,
        kept: [
          [900, 'FAILED'],
          [800, 'SUCCESS'],
        ],
      },
      NOTHING,
    ],
    [
      'a range after the last end',
      { retention: ALL, success: 9, lastEndedAt: 900, kept: [[900, 'SUCCESS']], fromAt: 901 },
      NOTHING,
    ],
    [
      'a range after an end that is kept',
      {
        retention: ALL,
        success: 9,
        lastEndedAt: 900,
        kept: [
          [900, 'SUCCESS'],
          [700, 'SUCCESS'],
        ],
        fromAt: 701,
      },
      NOTHING,
    ],
    [
      'ends before the oldest that is kept',
      {
        retention: ALL,
        success: 9,
        failure: 9,
        lastEndedAt: 900,
        kept: [
          [900, 'FAILED'],
          [700, 'SUCCESS'],
        ],
      },
      700,
    ],
    [
      'skipped runs that took the place of others',
      {
        retention: ALL,
        success: 9,
        lastEndedAt: 650,
        kept: [
          [900, 'SKIPPED'],
          [700, 'SKIPPED'],
        ],
      },
      700,
    ],
    ['what went by its age', { retention: ALL, cancelled: 9, lastEndedAt: 900, kept: [] }, 600],
    [
      'what went by its age long ago',
      { retention: ALL, success: 9, lastEndedAt: 500, kept: [] },
      500,
    ],
    [
      'what a number of none removed at once',
      { retention: { ...ALL, runsMax: 0 }, success: 9, lastEndedAt: 900, kept: [] },
      900,
    ],
    [
      'failed runs that are all kept beside others that are not',
      {
        retention: APART,
        success: 9,
        failure: 1,
        lastEndedAt: 900,
        kept: [
          [900, 'FAILED'],
          [800, 'SUCCESS'],
        ],
      },
      800,
    ],
    [
      'failed runs that are kept for a shorter time than others',
      {
        retention: APART,
        success: 1,
        failure: 9,
        lastEndedAt: 900,
        kept: [
          [900, 'FAILED'],
          [500, 'SUCCESS'],
        ],
      },
      900,
    ],
  ])('%s', async (_, given, expected) => {
    expect(await answerOf(given)).toBe(expected);
  });
});

import { storedJob } from '@tickwork/verify/engine/stored-job.ts';
import { describe, expect, it } from 'vitest';
import type { RunState } from '../model/run-state.ts';
import type { AfterSpec } from '../model/trigger-spec.ts';
import { followUps } from './follow-ups.ts';

const job = (id: number, fields = {}) => storedJob({}, { id, name: `j${id}`, ...fields });

const table: readonly [AfterSpec['on'], readonly RunState[]][] = [
  ['success', ['SUCCESS']],
  ['failure', ['FAILED']],
  ['completion', ['SUCCESS', 'FAILED', 'CANCELLED']],
];

describe('followUps', () => {
  it.each(table)('on %s follow %j and no other state', (on, wanted) => {
    for (const state of ['SUCCESS', 'FAILED', 'CANCELLED', 'SKIPPED', 'RETRY'] as const) {
      const runs = followUps({ id: 'p' }, state, 5_000, [{ job: job(7), on }], (_, at) => at);
      expect(runs.length, state).toBe(wanted.includes(state) ? 1 : 0);
    }
  });

  it('are keyed by job and cause, so that the same end never causes two', () => {
    const dependents = [
      { job: job(7), on: 'success' as const },
      { job: job(8), on: 'completion' as const },
      { job: job(7), on: 'completion' as const },
    ];
    const runs = followUps({ id: 'p' }, 'SUCCESS', 5_000, dependents, (_, at) => at + 30);
    expect(runs.map(({ id }) => id)).toEqual(['7-a-p', '8-a-p']);
    expect(runs[0]).toMatchObject({
      origin: 'after',
      fireAt: 5_000,
      startAt: 5_030,
      parentId: 'p',
      jobRevision: 1,
    });
  });

  it('are made for paused jobs, whose rows say so, and not for disabled ones', () => {
    const dependents = (['active', 'paused', 'disabled'] as const).map((status, i) => {
      return { job: job(i, { status }), on: 'success' as const };
    });
    const runs = followUps({ id: 'p' }, 'SUCCESS', 0, dependents, (_, at) => at);
    expect(runs.map(({ jobId }) => jobId)).toEqual([0, 1]);
  });
});

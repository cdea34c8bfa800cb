import { storedJob } from '@tickwork/verify/engine/stored-job.ts';
import { storedRun } from '@tickwork/verify/engine/stored-run.ts';
import { describe, expect, it } from 'vitest';
import type { Job } from '../model/job.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import { Dependents } from './dependents.ts';

const after = (...jobs: string[]): TriggerSpec => ({ kind: 'after', jobs, on: 'success' });
let lastId = 0;
const job = (name: string, trigger: TriggerSpec, fields: Partial<Job> = {}): Job =>
  storedJob({ trigger }, { id: ++lastId, name, ...fields });

async function over(jobs: Job[]): Promise<{ dependents: Dependents; jobs: Job[] }> {
  const dependents = new Dependents({
    async listJobs(filter, { after: from, limit }) {
      expect(filter).toEqual({ eventDriven: true });
      const at = jobs.findIndex(({ name }) => name === from) + 1;
      return jobs.slice(at, at + limit).map((each) => ({ ...each, runningCount: 0 }));
    },
  });
  await dependents.refresh();
  return { dependents, jobs };
}

const names = (found: readonly { readonly job: Job }[]): string[] =>
  found.map(({ job: { name } }) => name);

describe('Dependents', () => {
  it('know who runs after whom, members of unions too', async () => {
    const union: TriggerSpec = { kind: 'any', of: [after('b'), { kind: 'interval', everyMs: 10 }] };
    const { dependents } = await over([job('x', after('a', 'b')), job('y', union)]);
    expect(names(dependents.of('a'))).toEqual(['x']);
    expect(names(dependents.of('b'))).toEqual(['x', 'y']);
    expect(dependents.of('x')).toEqual([]);
    expect(dependents.of(null)).toEqual([]);
  });

  it('make the runs that an end causes', async () => {
    const { dependents } = await over([job('x', after('a'))]);
    const run = storedRun({ id: 'r', jobName: 'a' });
    expect(dependents.followUps(run, 'SUCCESS', 50)).toMatchObject([{ parentId: 'r', fireAt: 50 }]);
    expect(dependents.followUps(run, 'FAILED', 50)).toEqual([]);
    expect(dependents.followUps({ ...run, jobName: 'z' }, 'SUCCESS', 50)).toEqual([]);
  });

  it('name the jobs in force that run at starts', async () => {
    const startup = (scope: 'node' | 'cluster'): TriggerSpec => ({ kind: 'startup', scope });
    const { dependents } = await over([
      job('each', startup('node')),
      job('cold', startup('cluster')),
      job('resting', startup('node'), { status: 'paused' }),
      job('other', after('each')),
    ]);
    expect(dependents.startupJobs(['node']).map(({ name }) => name)).toEqual(['each']);
    expect(dependents.startupJobs(['node', 'cluster'])).toHaveLength(2);
  });

  it('know the status of theirs, and take others for active', async () => {
    const { dependents, jobs } = await over([job('x', after('a'), { status: 'paused' })]);
    expect(dependents.statusOf(jobs[0]?.id ?? 0)).toBe('paused');
    expect(dependents.statusOf(99_999)).toBe('active');
    expect(dependents.statusOf(null)).toBe('active');
  });

  it('are read anew in pages, and forget what is gone', async () => {
    const many = Array.from({ length: 2_100 }, (_, i) => job(`j${i}`, after('a')));
    const { dependents, jobs } = await over(many);
    expect(dependents.of('a')).toHaveLength(2_100);
    jobs.splice(1);
    await dependents.refresh();
    expect(dependents.of('a')).toHaveLength(1);
  });
});

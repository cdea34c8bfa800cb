import { storedJob } from '@tickwork/verify/engine/stored-job.ts';
import { describe, expect, it } from 'vitest';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import { unknownUpstreams, unknownUpstreamText, upstreamNames } from './unknown-upstream.ts';

const job = (name: string, trigger: TriggerSpec) => ({ ...storedJob({ trigger }), name });
const after = (...jobs: string[]): TriggerSpec => ({ kind: 'after', jobs, on: 'success' });

describe('unknownUpstreams', () => {
  const jobs = [
    job('backup', { kind: 'manual' }),
    job('report', after('bakcup', 'backup')),
    job('both', { kind: 'any', of: [after('nothing'), { kind: 'manual' }] }),
  ];

  it('names what no job has, and what may be meant', () => {
    expect(upstreamNames(jobs)).toEqual(['bakcup', 'backup', 'nothing']);
    expect(unknownUpstreams(jobs, new Set(['backup', 'report', 'both']))).toEqual([
      { jobName: 'report', upstream: 'bakcup', meant: 'backup' },
      { jobName: 'both', upstream: 'nothing', meant: null },
    ]);
  });

  it('says what to do', () => {
    const { remedy } = unknownUpstreamText({ jobName: 'a', upstream: 'x', meant: null });
    expect(remedy).toMatch(/Mend the name/);
  });
});

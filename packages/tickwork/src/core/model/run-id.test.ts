import { describe, expect, it } from 'vitest';
import { runId } from './run.ts';

const jobs = [1, 14, 22, 36, 14 * 36, 1_000_000];
const instants = [0, 22, 14, Date.UTC(2026, 10, 20), Date.UTC(2199, 11, 31)];
/** What callers may choose, as malicious as the rule for request ids allows. */
const requests = [
  ...instants.map((at) => at.toString(36)),
  ...['e', 'm', 'a', 'b', '-', '_', '1-m-1', 'm-1', 'a-e-1', 'b-0', 'b-0-m', 'f-0', 's-1', 'e-m-1'],
  ...['e_m-1', '_e-1', '14', '14-0', '0-1', '0-m', '.', ':', '-m-1', '--'],
];

describe('runId', () => {
  it('gives different runs different ids, whatever callers choose', () => {
    const kinds = new Map<string, string>();
    const add = (id: string, what: string): void => {
      expect([id, kinds.get(id) ?? what]).toEqual([id, what]);
      kinds.set(id, what);
    };
    for (const request of requests) add(runId.enqueued(request), `enqueued ${request}`);
    for (const job of jobs) {
      for (const at of instants) {
        add(runId.scheduled(job, at), `${job} scheduled ${at}`);
        add(runId.failure(job, at), `${job} failure ${at}`);
        add(runId.backfill(job, at, null), `${job} backfill ${at}`);
        for (const request of requests) {
          add(runId.backfill(job, at, request), `${job} backfill ${at} ${request}`);
        }
      }
      for (const request of requests) {
        add(runId.manual(job, request), `${job} manual ${request}`);
        add(runId.startup(job, request), `${job} startup ${request}`);
      }
      const parents = [...kinds.keys()].filter((id) => !id.includes('-a-'));
      for (const parent of parents.slice(0, 500)) {
        add(runId.after(job, parent), `${job} after ${parent}`);
      }
    }
  });
});

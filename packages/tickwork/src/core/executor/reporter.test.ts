import { describe, expect, it } from 'vitest';
import { TickworkError } from '../base/errors.ts';
import type { RunReport } from '../ports/run-store.ts';
import { Reporter } from './reporter.ts';

const report = (n: number): RunReport => ({ runId: `r${n}`, fence: 1, output: [] });

interface Write {
  readonly ids: string[];
  readonly finish: (error?: Error) => void;
}

/** A reporter whose writes wait until the test ends them. */
function setUp() {
  let gathered: RunReport[] = [];
  const writes: Write[] = [];
  const store = {
    reportRuns: (reports: readonly RunReport[]) =>
      new Promise<never[]>((resolve, reject) => {
        const finish = (error?: Error): void => (error ? reject(error) : resolve([]));
        writes.push({ ids: reports.map(({ runId }) => runId), finish });
      }),
  };
  const asked = { count: 0 };
  const dropped: string[] = [];
  const reporter = new Reporter(
    store,
    () => gathered.splice(0),
    () => {
      asked.count += 1;
    },
    ({ runId }, error) => dropped.push(`${runId}: ${String(error)}`),
  );
  const gather = (...numbers: number[]): void => {
    gathered = [...gathered, ...numbers.map(report)];
  };
  return { reporter, writes, gather, asked, dropped };
}

const turn = async (): Promise<void> => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

describe('Reporter', () => {
  it('writes nothing when nothing has gathered', async () => {
    const { reporter, writes } = setUp();
    expect(await reporter.pass()).toBeNull();
    expect(writes).toEqual([]);
  });

  it('asks for one pass for all that comes until then', async () => {
    const { reporter, asked } = setUp();
    reporter.note();
    reporter.note();
    expect(asked.count).toBe(1);
    await reporter.pass();
    reporter.note();
    expect(asked.count).toBe(2);
  });

  it('writes large heaps in batches', async () => {
    const { reporter, writes, gather } = setUp();
    gather(...Array.from({ length: 1_100 }, (_, i) => i));
    const flushed = reporter.flush();
    for (const size of [500, 500, 100]) {
      await turn();
      expect(writes.at(-1)?.ids).toHaveLength(size);
      writes.at(-1)?.finish();
    }
    await flushed;
    expect(writes).toHaveLength(3);
  });

  it('keeps what the store did not take and writes it first', async () => {
    const { reporter, writes, gather } = setUp();
    gather(1, 2);
    const failed = reporter.flush();
    writes[0]?.finish(new TickworkError('STORE_UNAVAILABLE', { reason: 'down' }));
    await expect(failed).rejects.toThrow('down');
    gather(3);
    const flushed = reporter.flush();
    await turn();
    expect(writes[1]?.ids).toEqual(['r1', 'r2', 'r3']);
    writes[1]?.finish();
    await flushed;
  });

  it('makes one write at a time, and none twice, whoever asks', async () => {
    const { reporter, writes, gather } = setUp();
    gather(1);
    const asked = [reporter.flush()];
    gather(2);
    asked.push(reporter.flush(), reporter.flush());
    await turn();
    expect(writes.map(({ ids }) => ids)).toEqual([['r1']]);
    writes[0]?.finish();
    await turn();
    expect(writes.map(({ ids }) => ids)).toEqual([['r1'], ['r2']]);
    gather(3);
    writes[1]?.finish();
    await turn();
    writes[2]?.finish();
    await Promise.all(asked);
    expect(writes.flatMap(({ ids }) => ids)).toEqual(['r1', 'r2', 'r3']);
  });

  it('drops only the report that the store cannot keep', async () => {
    const { reporter, writes, gather, dropped } = setUp();
    gather(1, 2, 3);
    const flushed = reporter.flush();
    for (const [at, bad] of [
      [0, true],
      [1, false],
      [2, true],
      [3, false],
    ] as const) {
      await turn();
      writes[at]?.finish(bad ? new Error('NOT NULL constraint failed') : undefined);
    }
    await flushed;
    expect(writes.map(({ ids }) => ids)).toEqual([['r1', 'r2', 'r3'], ['r1'], ['r2'], ['r3']]);
    expect(dropped).toEqual(['r2: Error: NOT NULL constraint failed']);
  });
});

import { completionCases } from './completion-cases.ts';
import { dispatchCases } from './dispatch-cases.ts';
import { enqueueCases } from './enqueue-cases.ts';
import { jobCases } from './job-cases.ts';
import { limitCases } from './limit-cases.ts';
import { nodeCases } from './node-cases.ts';
import { planBatchCases } from './plan-batch-cases.ts';
import { planCases } from './plan-cases.ts';
import { retentionCases } from './retention-cases.ts';
import { startCases } from './start-cases.ts';
import type { StoreCases, StoreUnderTest } from './store-case.ts';

export interface OpenedStore extends StoreUnderTest {
  /** Closes both views and removes what they have kept. */
  close(): Promise<void>;
}

const parts: Readonly<Record<string, StoreCases>> = {
  jobs: jobCases,
  planning: planCases,
  'planning many': planBatchCases,
  enqueueing: enqueueCases,
  'claims and queues': dispatchCases,
  starts: startCases,
  'limits by key': limitCases,
  'ends of attempts': completionCases,
  nodes: nodeCases,
  retention: retentionCases,
};

/** One promise: `check` rejects if it is broken. */
export interface PromisedOfStore {
  readonly name: string;
  readonly check: () => Promise<void>;
}

/**
 * The specification of the store port, as checks for any test runner: every promise of its
 * docstrings by example. `open` makes an empty store for each; where a store has one view
 * only, `other` is the same as `store`.
 *
 * @example
 * for (const { name, check } of storeConformance(open)) test(name, check);
 */
export function storeConformance(open: () => Promise<OpenedStore>): readonly PromisedOfStore[] {
  return Object.entries(parts).flatMap(([part, cases]) =>
    Object.entries(cases).map(([promise, prove]) => ({
      name: `${part}: ${promise}`,
      check: async () => {
        const opened = await open();
        try {
          await prove(opened);
        } finally {
          await opened.close();
        }
      },
    })),
  );
}

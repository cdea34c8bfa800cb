import { describe, test } from 'vitest';
import { completionCases } from './completion-cases.ts';
import { dispatchCases } from './dispatch-cases.ts';
import { jobCases } from './job-cases.ts';
import { nodeCases } from './node-cases.ts';
import { planCases } from './plan-cases.ts';
import { retentionCases } from './retention-cases.ts';
import type { StoreCases, StoreUnderTest } from './store-case.ts';

export interface OpenedStore extends StoreUnderTest {
  /** Closes both views and removes what they have kept. */
  close(): Promise<void>;
}

const parts: Readonly<Record<string, StoreCases>> = {
  jobs: jobCases,
  planning: planCases,
  'claims and starts': dispatchCases,
  'ends of attempts': completionCases,
  nodes: nodeCases,
  retention: retentionCases,
};

/**
 * The specification of the store port, as tests: every promise of its docstrings by
 * example. To be called in a test file with a way to open an empty store; where a store
 * has one view only, `other` is the same as `store`.
 */
export function storeConformance(name: string, open: () => Promise<OpenedStore>): void {
  describe(`${name} keeps the promises of a store`, () => {
    for (const [part, cases] of Object.entries(parts)) {
      describe(part, () => {
        for (const [promise, prove] of Object.entries(cases)) {
          test(promise, async () => {
            const opened = await open();
            try {
              await prove(opened);
            } finally {
              await opened.close();
            }
          });
        }
      });
    }
  });
}

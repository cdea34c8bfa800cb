// Says at the start of `npm test` about how long it takes, as vitest's global setup. The time of
// the last complete run in this checkout is kept; until there is one, a measured figure is told.

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { TestProject } from 'vitest/node';

const record = fileURLToPath(new URL('../.cache/test-seconds', import.meta.url));

/** Two cores of 2026, nothing else running. */
const measuredSeconds = 420;

function lastSeconds(): number | null {
  try {
    const seconds = Number(readFileSync(record, 'utf8'));
    return seconds > 0 ? seconds : null;
  } catch {
    return null;
  }
}

/** The line printed before all tests. `last`: seconds of the last run here, null if unknown. */
export function announcement(last: number | null): string {
  const minutes = Math.max(1, Math.round((last ?? measuredSeconds) / 60));
  const time = `about ${minutes} ${minutes === 1 ? 'minute' : 'minutes'}`;
  const basis = last === null ? 'measured on two cores' : 'as the last time in this checkout';
  return `running all tests takes ${time} (${basis}); one folder: npm test -- <path>`;
}

/** Announces a run of all test files, and records how long it took unless it was cancelled. */
export async function setup({ vitest }: TestProject): Promise<(() => void) | undefined> {
  const fileCount = (await vitest.globTestSpecifications()).length;
  const isPart = vitest.state.getPaths().length < fileCount;
  if (isPart || vitest.config.testNamePattern !== undefined) return undefined;
  process.stderr.write(`tickwork: ${announcement(lastSeconds())}\n`);
  let isCancelled = false;
  vitest.onCancel(() => {
    isCancelled = true;
  });
  const startedMs = performance.now();
  return () => {
    if (isCancelled) return;
    mkdirSync(dirname(record), { recursive: true });
    writeFileSync(record, String(Math.round((performance.now() - startedMs) / 1000)));
  };
}

// Turns the JSON report of a test run into one line, `N passed, N failed[, N skipped]`.
// A test file that could not be loaded holds no tests; it counts as one failure.

import { readFileSync } from 'node:fs';

interface TestReport {
  readonly numPassedTests: number;
  readonly numFailedTests: number;
  readonly numPendingTests: number;
  readonly numTodoTests: number;
  readonly testResults: readonly {
    readonly status: string;
    readonly assertionResults: readonly { readonly status: string }[];
  }[];
}

export function totalsLine(report: TestReport): string {
  const broken = report.testResults.filter(
    (file) =>
      file.status === 'failed' && !file.assertionResults.some((test) => test.status === 'failed'),
  );
  const skipped = report.numPendingTests + report.numTodoTests;
  const line = `${report.numPassedTests} passed, ${report.numFailedTests + broken.length} failed`;
  return skipped > 0 ? `${line}, ${skipped} skipped` : line;
}

const path = process.argv[2];
if (import.meta.main && path !== undefined) {
  console.log(totalsLine(JSON.parse(readFileSync(path, 'utf8'))));
}

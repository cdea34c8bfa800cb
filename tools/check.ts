// Everything a machine can check without running the product: types, format, lint, dead code,
// package manifests and licences. Offline. Every step runs even if an earlier one failed.

import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import { fileURLToPath } from 'node:url';

interface Step {
  readonly name: string;
  readonly script: string;
  readonly args: readonly string[];
}

const root = fileURLToPath(new URL('..', import.meta.url));

const steps: readonly Step[] = [
  { name: 'types', script: 'node_modules/typescript/bin/tsc', args: ['-b'] },
  // The manifest of the service names it, and dead code is looked for by what manifests name.
  { name: 'bundle', script: 'tools/bundle-verify.mjs', args: [] },
  {
    name: 'format and lint',
    script: 'node_modules/@biomejs/biome/bin/biome',
    args: ['check', '--error-on-warnings', '--max-diagnostics=50', '.'],
  },
  {
    name: 'typed lint',
    script: 'node_modules/oxlint/bin/oxlint',
    args: ['--type-aware', '--deny-warnings', '--quiet'],
  },
  {
    name: 'dead code and unlisted packages',
    script: 'node_modules/knip/bin/knip.js',
    args: ['--no-progress', '--treat-config-hints-as-errors'],
  },
  ...['packages/tickwork', 'packages/server'].map((directory) => ({
    name: `manifest of ${directory}`,
    script: 'node_modules/publint/src/cli.js',
    args: [directory, '--strict'],
  })),
  { name: 'licences and lock', script: 'tools/licences.ts', args: [] },
];

function run(step: Step): boolean {
  const startedMs = performance.now();
  const args = [join(root, step.script), ...step.args];
  const result = spawnSync(process.execPath, args, { cwd: root, encoding: 'utf8' });
  const seconds = ((performance.now() - startedMs) / 1000).toFixed(1);
  const passed = result.status === 0;
  console.log(`${passed ? 'ok    ' : 'FAILED'} ${step.name} (${seconds} s)`);
  if (!passed) console.log(result.error?.message ?? `${result.stdout}${result.stderr}`);
  return passed;
}

const failed = steps.filter((step) => !run(step));
if (failed.length > 0) {
  console.log(`check: ${failed.map((step) => step.name).join(', ')} failed`);
  process.exitCode = 1;
}

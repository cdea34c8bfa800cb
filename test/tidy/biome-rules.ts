import { spawnSync } from 'node:child_process';
import { createRequire } from 'node:module';
import { isTest, root } from './project-files.ts';

/** A table of tests is long; `--only` would hold it to biome's own limit all the same. */
const lengthRule = 'complexity/noExcessiveLinesPerFunction';

/** Rules that need a parser. biome has one; this runs those rules alone. */
export const parsedRules = [
  lengthRule,
  'style/noDefaultExport',
  'style/noEnum',
  'style/useFilenamingConvention',
  'suspicious/noExplicitAny',
  'suspicious/noFocusedTests',
  'suspicious/noSkippedTests',
];

interface BiomeReport {
  readonly summary: { readonly errors: number; readonly warnings: number };
  readonly diagnostics: readonly {
    readonly category: string;
    readonly message: string;
    readonly location: { readonly path: string; readonly start?: { readonly line: number } };
  }[];
}

/** Lints paths below a directory that holds a biome.json; one line per breach. */
export function parsedProblems(paths: readonly string[], directory = root): string[] {
  const biome = createRequire(import.meta.url).resolve('@biomejs/biome/bin/biome');
  const only = parsedRules.map((rule) => `--only=${rule}`);
  const options = ['--reporter=json', '--max-diagnostics=200', '--vcs-enabled=false'];
  const args = [biome, 'lint', ...options, ...only, ...paths];
  const result = spawnSync(process.execPath, args, { cwd: directory, encoding: 'utf8' });
  const json = result.stdout.slice(result.stdout.indexOf('{'));
  const report: BiomeReport = JSON.parse(json);
  return report.diagnostics
    .filter(({ category, location }) => !(category.endsWith(lengthRule) && isTest(location.path)))
    .map(
      ({ category, location, message }) =>
        `${location.path}:${location.start?.line ?? 1} ${category}: ${message}`,
    );
}

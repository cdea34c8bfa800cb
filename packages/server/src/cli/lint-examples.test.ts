import { type LintReport, lintRules } from 'tickwork';
import { expect, it } from 'vitest';
import { parseConfig } from '../config/load-config.ts';
import { withFileJobs } from './file-jobs.ts';

/** What the example of `slow-run` says of its runs. */
const durations = { sync: { runCount: 100, meanMs: 300_000, p95Ms: 300_000 } };

async function lint(text: string): Promise<LintReport> {
  const loaded = parseConfig({ file: 'tickwork.yaml', text });
  if (!loaded.ok) throw new Error(JSON.stringify(loaded.problems));
  const { config } = loaded;
  return await withFileJobs(config, (asked) => asked.lint({ jobs: config.jobs, durations }));
}

it.each(lintRules.map((rule) => [rule.id, rule] as const))(
  'the example of %s is found by it, and by no other',
  async (id, { example, severity }) => {
    const { findings } = await lint(`${example.join('\n')}\n`);
    expect(new Set(findings.map((each) => each.rule))).toEqual(new Set([id]));
    expect(findings[0]?.severity).toBe(severity);
  },
);

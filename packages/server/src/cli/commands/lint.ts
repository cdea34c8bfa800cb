import type { LintReport, LintSeverity } from 'tickwork';
import type { LoadedConfig } from '../../config/load-config.ts';
import type { CommandContext, CommandOptions } from '../command.ts';
import { askedFile, keptDurations, tellIfEmpty, withFileJobs } from '../file-jobs.ts';
import { withStore } from '../open-scheduler.ts';
import { placeFinding } from '../place-finding.ts';
import { type PlacedFinding, sarifLog } from '../sarif.ts';
import type { Style } from '../styled.ts';

const FINDINGS_EXIT = 1;

const styles: Readonly<Record<LintSeverity, Style>> = {
  error: 'red',
  warning: 'yellow',
  note: 'cyan',
};

/** Tells what in a file or a store is likely to go wrong. Notes alone do not fail. */
export async function run(
  context: CommandContext,
  [file]: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<number> {
  const config = askedFile(context, file, options);
  const { report, findings } = await lint(context, config, options);
  const { out } = context;
  for (const finding of findings) {
    const { severity, rule, jobName, message, remedy } = finding;
    const place =
      finding.file === undefined ? '' : `${finding.file}:${finding.line}:${finding.column} `;
    const job = jobName === null ? '' : `${jobName}: `;
    if (options.sarif === true) continue;
    out.line([place, { style: styles[severity], text: severity }, ` ${job}${message}`]);
    out.line({ style: 'dim', text: `  ${remedy} [${rule}]` });
  }
  if (options.sarif === true) out.object(sarifLog(findings));
  else out.answer({ ...report, findings });
  tellIfEmpty(context, config, report.jobCount);
  out.words(`${report.jobCount} jobs, ${findings.length} findings`);
  const failed = findings.some((finding) => finding.severity !== 'note');
  return failed ? FINDINGS_EXIT : 0;
}

async function lint(
  context: CommandContext,
  config: LoadedConfig | null,
  options: CommandOptions,
): Promise<{ readonly report: LintReport; readonly findings: readonly PlacedFinding[] }> {
  if (config === null) {
    const report = await withStore(context, options, (store) => store.lint());
    return { report, findings: report.findings };
  }
  const durations = await keptDurations(config);
  const report = await withFileJobs(config, (asked) =>
    asked.lint({ jobs: config.jobs, durations }),
  );
  return { report, findings: report.findings.map((each) => placeFinding(config, each)) };
}

import type { JobAudit } from 'tickwork';
import { type CommandContext, type CommandOptions, textOption } from '../command.ts';
import { formatInstant } from '../instants.ts';
import { withStore } from '../open-scheduler.ts';
import type { Line } from '../styled.ts';

const FINDINGS_EXIT = 1;

/** Compares the plan with the ledger: every instant has exactly one fate. */
export async function run(
  context: CommandContext,
  _args: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<number> {
  const job = textOption(options, 'job');
  const since = textOption(options, 'since');
  const query = {
    ...(job === undefined ? {} : { job }),
    ...(since === undefined ? {} : { since }),
  };
  const report = await withStore(context, options, (store) => store.audit(query));
  const { out } = context;
  out.table(
    [
      { title: 'JOB' },
      { title: 'FROM' },
      { title: 'PLANNED', align: 'right' },
      { title: 'RUNS', align: 'right' },
      { title: 'SKIPPED', align: 'right' },
      { title: 'FINDINGS', align: 'right' },
    ],
    report.jobs.map((each) => [
      each.jobName,
      formatInstant(each.fromAt),
      String(each.expectedCount),
      String(each.runCount),
      String(each.skippedCount),
      countText(each),
    ]),
  );
  for (const { jobName, findings, droppedCount, notes } of report.jobs) {
    for (const { message } of findings) out.line(`${jobName}: ${message}`);
    if (droppedCount > 0) out.line(`${jobName}: and ${droppedCount} more findings.`);
    for (const note of notes) out.words(`${jobName}: ${note}`);
  }
  const { findingCount, expectedCount } = report;
  out.words(`${expectedCount} planned instants, ${findingCount} findings`);
  out.answer(report);
  return findingCount === 0 ? 0 : FINDINGS_EXIT;
}

function countText({ findings, droppedCount }: JobAudit): Line {
  const count = findings.length + droppedCount;
  return count === 0 ? '0' : { style: 'red', text: String(count) };
}

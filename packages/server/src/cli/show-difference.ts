import type { Difference, JobDifference } from 'tickwork';
import { formatInstant } from './instants.ts';
import type { Output } from './output.ts';

const signs = { added: '+', changed: '~', disabled: '-' } as const;
const styles = { added: 'green', changed: 'yellow', disabled: 'red' } as const;

/** A difference as people read it: a line per job, then its instants. */
export function showDifference(out: Output, difference: Difference): void {
  for (const job of difference.jobs) {
    const what = job.fields.length === 0 ? '' : ` (${job.fields.join(', ')})`;
    const head = `${signs[job.change]} ${job.jobName}: ${job.change}${what}`;
    out.line({ style: styles[job.change], text: head });
    showInstants(out, '+', job.addedCount, job);
    showInstants(out, '-', job.removedCount, job);
  }
  const count = (change: JobDifference['change']): number =>
    difference.jobs.filter((job) => job.change === change).length;
  const parts = [
    `${count('added')} to add`,
    `${count('changed')} to change`,
    `${count('disabled')} to disable`,
    `${difference.unchangedCount} as they are`,
  ];
  out.words(`${parts.join(', ')} (instants up to ${formatInstant(difference.untilAt)})`);
}

function showInstants(out: Output, sign: '+' | '-', count: number, job: JobDifference): void {
  if (count === 0) return;
  const shown = sign === '+' ? job.addedAt : job.removedAt;
  const bound = job.isTruncated ? 'at least ' : '';
  const what = count === 1 ? 'instant' : 'instants';
  const more = count > shown.length ? ', …' : '';
  const list = shown.map((at) => formatInstant(at)).join(', ');
  out.line(`    ${sign} ${bound}${count} ${what}: ${list}${more}`);
}

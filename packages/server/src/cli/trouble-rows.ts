import type { TroubleReport } from 'tickwork';
import { formatLength } from './instants.ts';

const ROWS_MAX = 3;

/**
 * What fails in the engine at present, for the live view: a row each, at most `columns` wide, at
 * most three and one that counts the others. Nothing fails: no rows. `now` is epoch ms.
 */
export function troubleRows(report: TroubleReport, now: number, columns: number): string[] {
  const rows = report.current.slice(0, ROWS_MAX).map((trouble) => {
    const times = trouble.errorCount === 1 ? 'once' : `${trouble.errorCount} times`;
    const since = formatLength(Math.max(0, now - trouble.sinceAt));
    const head = `  ! ${trouble.loop} failed ${times} in ${since}: `;
    return cut(`${head}${trouble.message.replaceAll(/\p{Cc}/gu, ' ')}`, columns);
  });
  const more = report.current.length - rows.length;
  return more > 0 ? [...rows, `  ! and ${more} more`] : rows;
}

/** A row that wraps would be counted as one and never be erased whole. */
function cut(row: string, columns: number): string {
  return row.length < columns ? row : `${row.slice(0, Math.max(1, columns - 2))}…`;
}

import type { JobView, Run, SkipWindow } from 'tickwork';
import { formatInstant, formatLength } from './instants.ts';
import type { Output, Style } from './output.ts';
import { textWidth } from './table.ts';

/** A job for programs: what people may rely on, without the engine's own memory. */
export function jobJson(job: JobView): object {
  const { memory: _memory, zoneVersion: _zone, ...rest } = job;
  return rest;
}

/** `2026-12-24 00:00:00+01:00 … 2026-12-24 23:59:59.999+01:00: holiday`: what `skip` has set. */
export function windowText({ fromAt, toAt, reason }: SkipWindow, zone: string | undefined): string {
  const [from, to] = [formatInstant(fromAt, zone), formatInstant(toAt, zone)];
  return `${from === to ? from : `${from} … ${to}`}: ${reason}`;
}

/** `name  value` lines, the names in one column. */
export function printFields(out: Output, fields: readonly (readonly [string, string])[]): void {
  const width = Math.max(...fields.map(([name]) => textWidth(name)));
  for (const [name, value] of fields) {
    const [first = '', ...more] = value.split('\n');
    out.line(`${out.style('dim', name)}${' '.repeat(width - textWidth(name) + 2)}${first}`);
    for (const line of more) out.line(`${' '.repeat(width + 2)}${line}`);
  }
}

const stateStyles: Readonly<Record<Run['state'], Style>> = {
  PENDING: 'dim',
  RUNNING: 'cyan',
  RETRY: 'yellow',
  SUCCESS: 'green',
  FAILED: 'red',
  CANCELLED: 'yellow',
  SKIPPED: 'dim',
};

/** `FAILED (timeout)`, in the colour of the state. */
export function stateText(out: Output, run: Pick<Run, 'state' | 'reason'>): string {
  const reason = run.reason === null ? '' : ` (${run.reason})`;
  return out.style(stateStyles[run.state], `${run.state}${reason}`);
}

export function tookText(run: Pick<Run, 'startedAt' | 'endedAt'>): string {
  if (run.startedAt === null || run.endedAt === null) return '-';
  return formatLength(run.endedAt - run.startedAt);
}

export function runRow(out: Output, run: Run): readonly string[] {
  return [
    run.id,
    run.jobName ?? run.handler,
    stateText(out, run),
    formatInstant(run.fireAt),
    String(run.attempt),
    tookText(run),
    run.error ?? '',
  ];
}

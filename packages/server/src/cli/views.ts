import type { JobView, Run, SkipWindow } from 'tickwork';
import { formatInstant, formatLength } from './instants.ts';
import type { Output } from './output.ts';
import { joinLines, type Line, lineWidth, type Style, type Styled } from './styled.ts';

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
export function printFields(out: Output, fields: readonly (readonly [string, Line])[]): void {
  const width = Math.max(...fields.map(([name]) => lineWidth(name)));
  for (const [name, value] of fields) {
    const [first = '', ...more] = typeof value === 'string' ? value.split('\n') : [value];
    const space = ' '.repeat(width - lineWidth(name) + 2);
    out.line(joinLines([{ style: 'dim', text: name }, first], space));
    for (const line of more) out.line(joinLines(['', line], ' '.repeat(width + 2)));
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
export function stateText(run: Pick<Run, 'state' | 'reason'>): Styled {
  const reason = run.reason === null ? '' : ` (${run.reason})`;
  return { style: stateStyles[run.state], text: `${run.state}${reason}` };
}

export function tookText(run: Pick<Run, 'startedAt' | 'endedAt'>): string {
  if (run.startedAt === null || run.endedAt === null) return '-';
  return formatLength(run.endedAt - run.startedAt);
}

export function runRow(run: Run): readonly Line[] {
  return [
    run.id,
    run.jobName ?? run.handler,
    stateText(run),
    formatInstant(run.fireAt),
    String(run.attempt),
    tookText(run),
    run.error ?? '',
  ];
}

import { type CheckResult, checkHistory, quantilesOf, readHistory } from '#verify';
import type { CommandContext, CommandOptions } from '../command.ts';
import type { Output } from '../output.ts';
import { readInput } from '../read-input.ts';

const FINDINGS_EXIT = 1;
const SHOWN_MAX = 100;

/** Judges a recorded history: were all promises kept? One that proves nothing fails too. */
export async function run(
  { out }: CommandContext,
  [file = '-']: readonly (string | undefined)[],
  options: CommandOptions,
): Promise<number> {
  const { name, text } = await readInput(file);
  const events = readHistory(text, name);
  const result = checkHistory(events);
  tell(result, out, options.verbose === true);
  const { latenessMs, ...counts } = result;
  out.answer({ ...counts, eventCount: events.length, latenessMs: quantilesOf(latenessMs) });
  return result.verdict === 'valid' ? 0 : FINDINGS_EXIT;
}

function tell(result: CheckResult, out: Output, everything: boolean): void {
  const { violations, mustCount, mayCount, startCount, fencedOverlapCount } = result;
  const shown = everything ? violations : violations.slice(0, SHOWN_MAX);
  for (const { verdict, text } of shown) out.line([{ style: 'red', text: verdict }, `: ${text}`]);
  if (violations.length > shown.length) {
    out.line(`and ${violations.length - shown.length} more (--verbose shows all)`);
  }
  const lateness = quantilesOf(result.latenessMs);
  out.words(
    `${mustCount} instants were due, ${mayCount} might have been; ${startCount} starts, ` +
      `${fencedOverlapCount} fenced overlaps; undisturbed starts late by ` +
      `${lateness.p50} ms (median), ${lateness.p99} ms (99 %), ${lateness.max} ms (most)`,
  );
  out.words(verdictText(result));
}

function verdictText({ verdict, violations }: CheckResult): string {
  switch (verdict) {
    case 'valid':
      return 'valid: every promise was kept';
    case 'unknown':
      return 'unknown: nothing was due, so this history proves nothing';
    case 'invalid':
      return `invalid: ${violations.length} violations`;
    default:
      return verdict satisfies never;
  }
}

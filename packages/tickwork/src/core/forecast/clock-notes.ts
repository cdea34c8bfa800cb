import { clockChange } from '../lint/clock-change.ts';
import type { LintFacts, LintJob } from '../lint/lint-rule.ts';
import type { Instant } from '../time/instant.ts';
import { triggerNeeds } from '../trigger/trigger-needs.ts';

/** A job that a clock change of the period touches. */
export interface ClockNote {
  readonly jobName: string;
  readonly instantsAt: readonly Instant[];
  readonly message: string;
}

const NOTES_MAX = 100;

/** The clock changes in a period that touch jobs; `facts.now` is its beginning. */
export function clockNotes(
  jobs: readonly LintJob[],
  facts: LintFacts,
  untilAt: Instant,
): readonly ClockNote[] {
  const changing = new Map<string, boolean>();
  const changes = (name: string): boolean => {
    const known = changing.get(name);
    if (known !== undefined) return known;
    const zone = facts.zones.get(name);
    const nextAt = zone.startAt[zone.segmentAt(facts.now) + 1] ?? Number.POSITIVE_INFINITY;
    changing.set(name, nextAt <= untilAt);
    return nextAt <= untilAt;
  };
  const notes: ClockNote[] = [];
  for (const job of jobs) {
    if (!triggerNeeds(job.definition.trigger).zones.some(changes)) continue;
    for (const { instantsAt = [], message } of clockChange.check(job, facts)) {
      const inside = instantsAt.filter((at) => at <= untilAt);
      if (inside.length === 0) continue;
      notes.push({ jobName: job.name, instantsAt: inside, message });
      if (notes.length === NOTES_MAX) return notes;
    }
  }
  return notes;
}

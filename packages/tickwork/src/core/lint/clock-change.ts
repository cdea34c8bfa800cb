import { freshMemory } from '../model/trigger-memory.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import { DAY_MS } from '../time/civil.ts';
import { formatLocal } from '../time/date-text.ts';
import type { DstRule } from '../time/dst-rule.ts';
import type { Instant } from '../time/instant.ts';
import type { Zone } from '../time/zone.ts';
import type { Trigger } from '../trigger/trigger.ts';
import { type LintFacts, type LintHit, type LintRule, partsOf } from './lint-rule.ts';

const AHEAD_MS = 2 * 366 * DAY_MS;

/**
 * The clock changes of the next two years that touch a job. Each is found by asking the
 * planner's evaluator under the other rule: what moves with `gap: 'after'` and is gone with
 * `gap: 'skip'` falls into a gap; what comes more often with `overlap: 'both'` is repeated.
 */
export const clockChange: LintRule = {
  id: 'clock-change',
  severity: 'warning',
  summary: 'A time of day is skipped or repeated by a clock change of the next two years.',
  reason:
    'Where clocks change, a time of day can be missing or come twice. A job keeps its' +
    ' one run a day, but at another time than written, or drops it if it says so.',
  remedy: 'Choose a time outside of the change, or UTC; or say what should happen with `dst`.',
  example: [
    'jobs:',
    '  nightly:',
    "    daily: '02:30'",
    '    zone: Europe/Berlin',
    '    task: backup',
  ],
  check(job, facts) {
    return partsOf(job.definition.trigger).flatMap((spec) => {
      if (!('zone' in spec) || spec.kind === 'random') return [];
      const zone = facts.zones.get(spec.zone);
      const asked = new Asked(spec, (form) => facts.compile(form, job.name));
      const changes = changesOf(zone, facts);
      return [...gapHits(changes, zone, asked), ...foldHits(changes, zone, asked)];
    });
  },
};

interface Change {
  readonly at: Instant;
  /** How far the clock jumps ahead; negative = back. */
  readonly jumpMs: number;
}

function changesOf(zone: Zone, { now }: LintFacts): readonly Change[] {
  const changes: Change[] = [];
  for (let segment = zone.segmentAt(now) + 1; segment < zone.segmentCount; segment++) {
    const at = zone.startAt[segment] ?? Number.POSITIVE_INFINITY;
    if (at > now + AHEAD_MS) break;
    changes.push({ at, jumpMs: (zone.offsetMs[segment] ?? 0) - (zone.offsetMs[segment - 1] ?? 0) });
  }
  return changes;
}

/** One trigger under different rules for clock changes. */
class Asked {
  readonly own: Trigger;
  readonly spec: TriggerSpec;
  readonly #compile: (spec: TriggerSpec) => Trigger;

  constructor(spec: TriggerSpec, compile: (spec: TriggerSpec) => Trigger) {
    this.spec = spec;
    this.#compile = compile;
    this.own = compile(spec);
  }

  get gap(): DstRule['gap'] | undefined {
    return 'dst' in this.spec ? this.spec.dst?.gap : undefined;
  }

  under(dst: DstRule): Trigger {
    return this.#compile({ ...this.spec, dst } as TriggerSpec);
  }
}

function gapHits(changes: readonly Change[], zone: Zone, asked: Asked): LintHit[] {
  const skipping = asked.under({ gap: 'skip', overlap: 'first' });
  const moving = asked.under({ gap: 'after', overlap: 'first' });
  const at = changes
    .filter(({ jumpMs }) => jumpMs > 0)
    .map((change) => change.at)
    .filter((each) => firesAt(moving, each) && !firesAt(skipping, each));
  const kept = at.filter((each) => firesAt(asked.own, each));
  const hits: LintHit[] = [];
  if (kept.length > 0) {
    const local = formatLocal(zone.localAt(kept[0] ?? 0)).slice(11, 16);
    const message =
      `Its time of day does not exist in ${zone.name} on ${dates(kept, zone)}; ` +
      `it runs at ${local} then.`;
    const remedy = 'Choose a time outside the change, or UTC, if that matters.';
    hits.push({ path: ['trigger'], message, remedy, instantsAt: kept });
  } else if (at.length > 0 && asked.gap === 'skip') {
    const message = `On ${dates(at, zone)} it does not run: ${zone.name} skips its time of day.`;
    const remedy = "Write dst: {gap: 'after'} to run it after the gap.";
    hits.push({ path: ['trigger'], message, remedy, instantsAt: at });
  }
  return hits;
}

function foldHits(changes: readonly Change[], zone: Zone, asked: Asked): LintHit[] {
  const first = asked.under({ gap: 'after', overlap: 'first' });
  const both = asked.under({ gap: 'after', overlap: 'both' });
  const folds = changes.filter(({ jumpMs }) => jumpMs < 0);
  const touched = folds.filter((fold) => countIn(both, fold) > countIn(first, fold));
  // Where the job means both (an hourly one), a repeated hour is nothing remarkable.
  const once = touched.filter((fold) => countIn(asked.own, fold) < countIn(both, fold));
  if (once.length === 0) return [];
  const at = once.map((fold) => fold.at);
  const where = `${zone.name} on ${dates(at, zone)}`;
  const message = `Its time of day comes twice in ${where}; it runs only once.`;
  const remedy = "Write dst: {overlap: 'both'} if it should run twice; else nothing.";
  return [{ path: ['trigger'], message, remedy, instantsAt: at, severity: 'note' }];
}

function firesAt(trigger: Trigger, at: Instant): boolean {
  return trigger.next(at - 1, freshMemory(at - 1)) === at;
}

const COUNT_MAX = 200;

/** How often a trigger fires while the local times are repeated. */
function countIn(trigger: Trigger, { at, jumpMs }: Change): number {
  let count = 0;
  const memory = freshMemory(at + jumpMs - 1);
  for (let from = at + jumpMs - 1; count < COUNT_MAX; count++) {
    const next = trigger.next(from, memory);
    if (next === null || next >= at - jumpMs) break;
    from = next;
  }
  return count;
}

function dates(instants: readonly Instant[], zone: Zone): string {
  return instants.map((at) => formatLocal(zone.localAt(at)).slice(0, 10)).join(', ');
}

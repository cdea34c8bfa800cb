import { calendarSource } from '../../packages/tickwork/src/core/calendar/calendar-source.ts';
import { freshMemory } from '../../packages/tickwork/src/core/model/trigger-memory.ts';
import type { TriggerSpec } from '../../packages/tickwork/src/core/model/trigger-spec.ts';
import { compileTrigger } from '../../packages/tickwork/src/core/trigger/compile-trigger.ts';
import type { Trigger } from '../../packages/tickwork/src/core/trigger/trigger.ts';
import { oracleZone } from '../../packages/verify/src/oracle/cron-oracle.ts';
import { seededRandom } from '../../packages/verify/src/oracle/random-cron.ts';
import {
  type RolledQuestion,
  rolledInstants,
} from '../../packages/verify/src/oracle/rolled-oracle.ts';
import { allZoneNames } from './compare.ts';
import { zoneTable } from './engine.ts';
import { type NearChange, randomQuestion } from './random-calendar.ts';

/** What a comparison of calendars, rolls and clock changes found. */
export interface CalendarComparison {
  readonly seed: number;
  readonly cases: number;
  readonly zones: number;
  readonly instants: number;
  readonly differences: number;
  /** The first differences in words, with all that is needed to replay them. */
  readonly examples: readonly string[];
  readonly changes: { readonly forward: number; readonly backward: number };
  /** Cases in which it happened at least once; 0 anywhere proves nothing. */
  readonly met: {
    readonly rolled: number;
    readonly lost: number;
    readonly rolledIntoGap: number;
    readonly moved: number;
    readonly excluded: number;
  };
}

const FROM = Date.UTC(2000, 0, 1);
const TO = Date.UTC(2038, 0, 1);
const DAY = 86_400_000;
const EXAMPLES_MAX = 20;
/** Lost times are where the rules collide; repeated ones come besides. */
const FORWARD_SHARE = 0.6;
/** A gap over midnight ends on a day that the calendar may exclude; few zones have one. */
const MIDNIGHT_SHARE = 0.2;

/** Clocks that change at or over midnight, by half an hour, by a day, and the two best known. */
const HARD_ZONES = [
  'America/Nuuk',
  'Asia/Beirut',
  'Africa/Cairo',
  'America/Santiago',
  'America/Sao_Paulo',
  'America/Asuncion',
  'America/Havana',
  'America/St_Johns',
  'Asia/Amman',
  'Atlantic/Azores',
  'Pacific/Apia',
  'Australia/Lord_Howe',
  'Europe/Berlin',
  'America/New_York',
];

/** Asks the engine and the oracle the same seeded random questions, all near clock changes. */
export function compareCalendars(options: {
  readonly count: number;
  readonly seed: number;
}): CalendarComparison {
  const run = new CalendarRun(options.seed);
  for (let i = 0; i < options.count; i++) run.compareCase(i);
  return run.result(options.count);
}

class CalendarRun {
  readonly #seed: number;
  readonly #random: () => number;
  readonly #changing = allZoneNames().filter(
    (zone) => oracleZone(zone).changes(FROM, TO).length > 0,
  );
  /** The changes whose gap ends on another day than the one on which it begins. */
  readonly #overMidnight = this.#changing.flatMap((zone) =>
    oracleZone(zone)
      .changes(FROM, TO)
      .map(({ at, by }) => nearChange(zone, at, by))
      .filter(({ local, byMs }) => Math.floor((local + byMs) / DAY) > Math.floor(local / DAY)),
  );
  readonly #zones = new Set<string>();
  readonly #examples: string[] = [];
  readonly #changes = { forward: 0, backward: 0 };
  readonly #met = { rolled: 0, lost: 0, rolledIntoGap: 0, moved: 0, excluded: 0 };
  #instants = 0;
  #differences = 0;

  constructor(seed: number) {
    this.#seed = seed;
    this.#random = seededRandom(seed);
  }

  compareCase(index: number): void {
    const change = this.#nearChange(index);
    const question = randomQuestion(this.#random, change);
    const from = change.at - this.#below(4 * DAY);
    const to = change.at + 2 * DAY + this.#below(3 * DAY);
    const oracle = rolledInstants(question, from, to);
    this.#zones.add(change.zone);
    this.#changes[change.byMs > 0 ? 'forward' : 'backward']++;
    this.#instants += oracle.instants.length;
    for (const key of ['rolled', 'lost', 'rolledIntoGap', 'moved'] as const) {
      if (oracle[key] > 0) this.#met[key]++;
    }
    if (oracle.excluded.length > 0) this.#met.excluded++;
    const got = this.#ask(question, oracle.instants, from, to);
    const expected = textOf(oracle.instants, (at) => oracle.excluded.includes(at));
    if (got !== expected) this.#note({ index, question, from, to, expected, got });
  }

  result(cases: number): CalendarComparison {
    return {
      seed: this.#seed,
      cases,
      zones: this.#zones.size,
      instants: this.#instants,
      differences: this.#differences,
      examples: this.#examples,
      changes: this.#changes,
      met: this.#met,
    };
  }

  /** The engine's answer, asked step by step and again from a moment between two instants. */
  #ask(question: RolledQuestion, expected: readonly number[], from: number, to: number): string {
    const trigger = engineTrigger(question);
    const memory = freshMemory(0);
    const found: number[] = [];
    let at = trigger.next(from, memory);
    while (at !== null && at <= to) {
      found.push(at);
      at = trigger.next(at, memory);
    }
    const asked = this.#below(to - from) + from;
    const next = trigger.next(asked, memory);
    const wanted = expected.find((each) => each > asked);
    const fromMiddle = wanted === undefined || wanted === next ? '' : ` asked at ${iso(asked)}`;
    return textOf(found, (each) => trigger.excludes?.(each, memory) ?? false) + fromMiddle;
  }

  #nearChange(index: number): NearChange {
    if (this.#random() < MIDNIGHT_SHARE) return this.#pick(this.#overMidnight);
    const zone =
      index % 2 === 0
        ? this.#pick(HARD_ZONES)
        : (this.#changing[Math.floor(index / 2) % this.#changing.length] ?? 'Europe/Berlin');
    const changes = oracleZone(zone).changes(FROM, TO);
    const forward = changes.filter((change) => change.by > 0);
    const wantsForward = forward.length > 0 && this.#random() < FORWARD_SHARE;
    const { at, by } = this.#pick(wantsForward ? forward : changes);
    return nearChange(zone, at, by);
  }

  #below(end: number): number {
    return Math.floor(this.#random() * end);
  }

  #pick<T>(choices: readonly T[]): T {
    return choices[this.#below(choices.length)] as T;
  }

  #note(difference: {
    readonly index: number;
    readonly question: RolledQuestion;
    readonly from: number;
    readonly to: number;
    readonly expected: string;
    readonly got: string;
  }): void {
    this.#differences++;
    if (this.#examples.length >= EXAMPLES_MAX) return;
    const { index, question, from, to, expected, got } = difference;
    this.#examples.push(
      `seed ${this.#seed} case ${index}: ${JSON.stringify(question)} from ${iso(from)} to ` +
        `${iso(to)}: oracle ${expected}, engine ${got}`,
    );
  }
}

function nearChange(zone: string, at: number, byMs: number): NearChange {
  return { zone, at, local: at + oracleZone(zone).offsetAt(at - 1), byMs };
}

function engineTrigger({ spec, calendar, roll }: RolledQuestion): Trigger {
  const judged: TriggerSpec = { ...spec, calendar: 'c', ...(roll === 'skip' ? {} : { roll }) };
  const calendars = calendarSource({ c: calendar });
  return compileTrigger(judged, { zones: zoneTable, calendars, jobName: 'job' });
}

function textOf(instants: readonly number[], isExcluded: (at: number) => boolean): string {
  return instants.map((at) => `${iso(at)}${isExcluded(at) ? ' excluded' : ''}`).join(', ');
}

function iso(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}

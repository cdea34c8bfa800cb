import type { RollRule } from '../model/trigger-spec.ts';

/**
 * When work is due, as users write it in code, YAML or JSON: an object with
 * exactly one of the keys that name a kind (`every`, `cron`, `daily`, `weekly`,
 * `monthly`, `everyDays`, `everyWeeks`, `everyMonths`, `once`, `random`,
 * `startup`, `after`, `manual`, `any`), the options of that kind, and the
 * common options. A text alone is a cron expression. Several triggers in a list
 * (or under `any`) fire at the union of their instants.
 *
 * Durations are texts with a unit (`500ms`, `30s`, `1h30m`, `PT30S`). Instants
 * are ISO texts (without an offset: in the zone of the trigger), epoch
 * milliseconds or `Date`. Times of day are `HH:MM` or `HH:MM:SS`. Weekdays are
 * English names or 1 = Monday to 7 = Sunday.
 *
 * @example
 * { every: '30s' }
 * { cron: '0 9 * * mon-fri', zone: 'Asia/Shanghai', calendar: 'cn', roll: 'following' }
 * { monthly: 'last workday 18:00', endAt: '2027-12-31' }
 * [{ daily: '02:00' }, { after: 'import' }]
 */
export type TriggerInput = string | TriggerObject;

/** A trigger of exactly one kind: keys of other kinds may not stand beside its own. */
export type TriggerObject = Alone<KindInput> & CommonInput;

/** Every key that a trigger may have. */
export type TriggerKey = KeyOf<KindInput> | keyof CommonInput;

type KeyOf<Kind> = Kind extends unknown ? keyof Kind : never;

type Alone<Kind> = Kind extends unknown
  ? Kind & { readonly [Key in Exclude<KeyOf<KindInput>, keyof Kind>]?: never }
  : never;

export type KindInput =
  | EveryInput
  | CronInput
  | DailyInput
  | WeeklyInput
  | MonthlyInput
  | EveryDaysInput
  | EveryWeeksInput
  | EveryMonthsInput
  | OnceInput
  | RandomInput
  | StartupInput
  | AfterInput
  | ManualInput
  | AnyInput;

export type InstantInput = string | number | Date;

/** One or several, as a text with commas or as a list. */
export type ListInput<Entry = string> = Entry | readonly Entry[];

/** Options that any kind takes. */
export interface CommonInput {
  /** IANA name. Default: the zone of the job, then of the configuration, then of the host. */
  readonly zone?: string;
  /** Earliest instant, inclusive; a date alone means its first instant. Anchors `every`. */
  readonly startAt?: InstantInput;
  /** Latest instant, inclusive; a date alone includes the whole day. */
  readonly endAt?: InstantInput;
  /** Maximum number of instants in total, 1 to 1e9. Not allowed in members of a union. */
  readonly runsMax?: number;
  /** Same as `runsMax`. */
  readonly limit?: number;
  /** Delays each start by 0 to this; the same job and instant always have the same delay. */
  readonly jitter?: string;
  /** The name of a calendar; instants that it excludes do not fire. */
  readonly calendar?: string;
  /** Moves excluded instants to a working day at the same local time. Default `skip`: no move. */
  readonly roll?: RollRule;
  /**
   * Local times that a clock change removes (`gap`) or repeats (`overlap`). Default: a
   * removed one fires at the first instant after the gap, a repeated one at its first
   * occurrence; `ocps` drops removed ones. Only for kinds with times of day, and cron.
   */
  readonly dst?: DstInput;
}

export type DstInput =
  | 'ocps'
  | { readonly gap?: 'after' | 'skip'; readonly overlap?: 'first' | 'both' | 'last' };

/** `{ every: '10m' }`: anchored, whatever time the runs take; at least 10 ms. */
export interface EveryInput {
  readonly every: string;
  /** `end`: the next instant is the end of the last run plus `every`. Default `start`. */
  readonly from?: 'start' | 'end';
  /** One instant of the grid. Default: `startAt`, else when the job came into force. */
  readonly anchor?: InstantInput;
  /** The grid is counted from 1970-01-01T00:00Z plus this; instead of `anchor`. */
  readonly phase?: string;
}

/** `{ cron: '30 2 * * *' }`, also `@daily`, `@every 90m/5m`, `CRON_TZ=Asia/Tokyo 0 9 * * *`. */
export interface CronInput {
  readonly cron: ListInput;
  /** Default `standard`: 0 and 7 = Sunday. `quartz`: 1 = Sunday, ranges may wrap. */
  readonly dialect?: 'standard' | 'quartz';
}

/** `{ daily: '02:00' }`, `{ daily: ['09:00', '17:00'] }`. */
export interface DailyInput {
  readonly daily: ListInput;
}

/** `{ weekly: 'mon,wed 09:00,17:00' }`, `{ weekly: { on: 'mon-fri', at: '09:00' } }`, or a list. */
export interface WeeklyInput {
  readonly weekly: ListInput<string | DaysAtInput>;
}

/**
 * `{ monthly: '1,15 09:00' }`, `'last 18:00'`, `'-2 18:00'` (the day before the last),
 * `'2nd tue 10:00'`, `'last fri 17:00'`, `'1st workday 09:00'`, `{ on, at }`, or a list.
 */
export interface MonthlyInput {
  readonly monthly: ListInput<string | DaysAtInput>;
}

export interface DaysAtInput {
  readonly on: ListInput<string | number>;
  readonly at: ListInput;
}

/** `{ everyDays: 2, at: '02:30', anchor: '2026-01-01' }`. */
export interface EveryDaysInput extends PeriodInput {
  readonly everyDays: number;
}

/** `{ everyWeeks: 2, on: 'mon', at: '09:00', anchor: '2026-01-05' }`; weeks begin on Monday. */
export interface EveryWeeksInput extends PeriodInput {
  readonly everyWeeks: number;
  /** Default: the weekday of `anchor`. */
  readonly on?: ListInput<string | number>;
}

/** `{ everyMonths: 3, on: 'last workday', at: '18:00', anchor: '2026-01-01' }`. */
export interface EveryMonthsInput extends PeriodInput {
  readonly everyMonths: number;
  /** As in `monthly`. Default: the day of `anchor`; months without that day are left out. */
  readonly on?: ListInput<string | number>;
}

export interface PeriodInput {
  /** Default `00:00`. */
  readonly at?: ListInput;
  /** A date `YYYY-MM-DD` in a period that fires. Default: today. Not a start: see `startAt`. */
  readonly anchor?: string;
}

/** `{ once: '2026-12-01T09:00' }`; an instant in the past is refused unless `allowPast`. */
export interface OnceInput {
  readonly once: InstantInput;
  readonly allowPast?: boolean;
}

/** `{ random: { min: '10m', max: '30m', activeHours: '08:00..22:00' } }`. */
export interface RandomInput {
  readonly random: RandomOptions;
}

export interface RandomOptions {
  /** At least 10 ms. */
  readonly min: string;
  readonly max: string;
  /** Seed of the intervals, together with the name of the job. Default: none. */
  readonly seed?: string | number;
  /** Local hours within which it fires; `to` exclusive, may cross midnight. */
  readonly activeHours?: ListInput<string | { readonly from: string; readonly to: string }>;
  /** Monday first, or by name (`{ sat: 0, sun: 0 }`; others 1). 0 to 100; 0 = none on that day. */
  readonly weekdayWeights?: readonly number[] | Readonly<Record<string, number>>;
}

/** `true` or `cluster`: when the first node of a cluster starts; `node`: each node's start. */
export interface StartupInput {
  readonly startup: boolean | 'node' | 'cluster';
}

/** `{ after: 'import', on: 'success' }`. */
export interface AfterInput {
  readonly after: ListInput;
  /** Default `success`. */
  readonly on?: 'success' | 'failure' | 'completion';
}

/** `{ manual: true }`: the job runs only when it is run by hand. */
export interface ManualInput {
  readonly manual: true;
}

/** `{ any: [{ daily: '09:00' }, { every: '6h' }] }`: the union of its members. */
export interface AnyInput {
  readonly any: readonly TriggerInput[];
}

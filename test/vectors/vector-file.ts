import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DstRule } from '../../packages/tickwork/src/core/time/dst-rule.ts';

/** One file of vectors as it lies in `fixtures/`; the README tells what the lists mean. */
export interface VectorFile {
  readonly name: string;
  readonly source: string;
  readonly commit: string;
  readonly licence: string;
  readonly file: string;
  readonly dialect: string;
  readonly cases?: readonly CaseRow[];
  readonly matches?: readonly MatchRow[];
  readonly equal?: readonly EqualRow[];
  readonly invalid?: readonly TextRow[];
  readonly valid?: readonly TextRow[];
  readonly intervals?: readonly IntervalRow[];
  readonly calendarIntervals?: readonly CalendarIntervalRow[];
  readonly unions?: readonly UnionRow[];
  readonly nicknames?: readonly NicknameRow[];
  readonly zonesWorthFuzzing?: readonly string[];
  readonly systemdOnly?: readonly unknown[];
  readonly systemdNormalForm?: readonly unknown[];
  readonly systemdInvalid?: readonly unknown[];
}

/** A setting under which the source's answer holds here too. */
export interface Setting {
  readonly expr?: string;
  readonly dst?: Partial<DstRule>;
  readonly dialect?: 'standard' | 'quartz';
}

export interface Row {
  /** The rule by which the source differs from us. */
  readonly deviates?: string;
  readonly note?: string;
}

export interface CaseRow extends Row {
  readonly expr: string;
  /** How the source writes it, where the spelling was changed. */
  readonly text?: string;
  readonly zone: string;
  readonly after: string;
  readonly inclusive: boolean;
  readonly direction?: 'prev';
  readonly expected: readonly string[];
  readonly end?: boolean;
  readonly promised?: readonly string[] | 'invalid';
  readonly holdsWith?: Setting;
}

export interface MatchRow extends Row {
  readonly expr: string;
  readonly zone: string;
  readonly at: string;
  readonly matches: boolean;
  readonly promised?: boolean | 'invalid';
  readonly holdsWith?: Setting;
}

export interface EqualRow extends Row {
  readonly left: string;
  readonly right: string;
  readonly promised?: 'invalid';
}

export interface TextRow extends Row {
  readonly expr: string;
}

export interface IntervalRow extends Row {
  readonly every: string;
  readonly phase?: string;
  readonly start?: string;
  readonly after?: string;
  readonly until?: string;
  readonly expected: readonly string[];
  readonly end?: boolean;
}

export interface CalendarIntervalRow extends Row {
  readonly every: { readonly days?: number; readonly months?: number };
  readonly time: string;
  readonly startDate: string;
  readonly until?: string;
  readonly zone: string;
  readonly expected: readonly string[];
  readonly end?: boolean;
  readonly promised?: readonly string[];
}

export interface UnionRow extends Row {
  readonly of: readonly {
    readonly cron?: string;
    readonly every?: string;
    readonly phase?: string;
  }[];
  readonly zone: string;
  readonly after: string;
  readonly expected: readonly string[];
}

export interface NicknameRow extends Row {
  readonly text: string;
  readonly cron: string;
}

const folder = join(import.meta.dirname, 'fixtures');

/** All files, by name. */
export function readVectors(): readonly VectorFile[] {
  return readdirSync(folder)
    .filter((name) => name.endsWith('.json'))
    .sort()
    .map((name) => {
      const content = JSON.parse(readFileSync(join(folder, name), 'utf8')) as VectorFile;
      return { ...content, name: name.slice(0, -'.json'.length) };
    });
}

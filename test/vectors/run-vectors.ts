import type { TriggerSpec } from '../../packages/tickwork/src/core/model/trigger-spec.ts';
import type { DstRule } from '../../packages/tickwork/src/core/time/dst-rule.ts';
import { formatDuration, parseDuration } from '../../packages/tickwork/src/core/time/duration.ts';
import { parseEvery } from '../../packages/tickwork/src/core/trigger/cron/every.ts';
import { engineCron, zoneTable } from '../triggers/engine.ts';
import {
  asked,
  caseAnswer,
  INVALID,
  iso,
  matchAnswer,
  sameInstants,
  triggerFires,
} from './answers.ts';
import type {
  CalendarIntervalRow,
  CaseRow,
  EqualRow,
  IntervalRow,
  MatchRow,
  NicknameRow,
  TextRow,
  UnionRow,
  VectorFile,
} from './vector-file.ts';

/** What one row showed. */
export interface RowResult {
  readonly file: string;
  readonly list: string;
  readonly row: unknown;
  readonly deviates: string | null;
  /** The source's own answer was got under another setting. */
  readonly held: boolean;
  readonly problems: readonly string[];
}

const DAY = 86_400_000;
const DAILY_DST: DstRule = { gap: 'after', overlap: 'first' };

/** Runs every row that a trigger can answer. */
export function runVectors(files: readonly VectorFile[]): readonly RowResult[] {
  return files.flatMap((file) => new FileRun(file).all());
}

class FileRun {
  readonly #file: VectorFile;
  readonly #results: RowResult[] = [];
  #problems: string[] = [];
  #held = false;

  constructor(file: VectorFile) {
    this.#file = file;
  }

  all(): readonly RowResult[] {
    const file = this.#file;
    this.#each('cases', file.cases, (row) => this.#case(row));
    this.#each('matches', file.matches, (row) => this.#match(row));
    this.#each('equal', file.equal, (row) => this.#equal(row));
    this.#each('invalid', file.invalid, (row) => this.#invalid(row));
    this.#each('valid', file.valid, (row) => this.#valid(row));
    this.#each('intervals', file.intervals, (row) => this.#interval(row));
    this.#each('calendarIntervals', file.calendarIntervals, (row) => this.#calendarInterval(row));
    this.#each('unions', file.unions, (row) => this.#union(row));
    this.#each('nicknames', file.nicknames, (row) => this.#nickname(row));
    this.#each('zonesWorthFuzzing', file.zonesWorthFuzzing, (zone) =>
      this.#expect('known zone', zoneTable.find(zone) !== null, true),
    );
    return this.#results;
  }

  #each<R>(list: string, rows: readonly R[] | undefined, check: (row: R) => void): void {
    for (const row of rows ?? []) {
      this.#problems = [];
      this.#held = false;
      check(row);
      const deviates = (row as { deviates?: string }).deviates ?? null;
      const { name } = this.#file;
      this.#results.push({
        file: name,
        list,
        row,
        deviates,
        held: this.#held,
        problems: this.#problems,
      });
    }
  }

  #expect(what: string, got: unknown, wanted: unknown): void {
    if (JSON.stringify(got) === JSON.stringify(wanted)) return;
    this.#problems.push(`${what}: got ${JSON.stringify(got)}, wanted ${JSON.stringify(wanted)}`);
  }

  #case(row: CaseRow): void {
    const extra = row.end === true ? 1 : 0;
    if (row.deviates !== undefined) {
      const { promised = [] } = row;
      const count = promised === INVALID ? 1 : Math.max(1, promised.length);
      const got = caseAnswer(row, {}, promised.length === 0 ? 1 : count);
      this.#expect('promised', got, promised);
      if (row.holdsWith === undefined) return;
      this.#held = true;
      const source = caseAnswer(row, row.holdsWith, row.expected.length + extra);
      this.#expect('with the setting', source, row.expected);
      return;
    }
    this.#expect('instants', caseAnswer(row, {}, row.expected.length + extra), row.expected);
    if (row.text !== undefined && /^(CRON_)?TZ=/.test(row.text)) {
      const prefixed = { ...row, expr: row.text, zone: 'UTC' };
      this.#expect('with its prefix', caseAnswer(prefixed, {}, row.expected.length), row.expected);
    }
  }

  #match(row: MatchRow): void {
    const deviates = row.deviates !== undefined;
    this.#expect('match', matchAnswer(row, {}), deviates ? row.promised : row.matches);
    if (!deviates || row.holdsWith === undefined) return;
    this.#held = true;
    this.#expect('with the setting', matchAnswer(row, row.holdsWith), row.matches);
  }

  #equal(row: EqualRow): void {
    this.#expect('same', sameInstants(row.left, row.right), row.promised ?? true);
  }

  #invalid(row: TextRow): void {
    const got = asked({ expr: row.expr, zone: 'UTC' }, {}, (cron) => cron.firesAtAll());
    if (row.deviates === undefined) this.#expect('refused', got, INVALID);
    else this.#expect('accepted', got, row.deviates !== 'impossible-accepted-by-parser');
  }

  #valid(row: TextRow): void {
    const dialect = this.#file.dialect === 'quartz' ? ('quartz' as const) : ('standard' as const);
    const got = asked({ expr: row.expr, zone: 'UTC' }, { dialect }, () => 'accepted');
    this.#expect('validity', got, row.deviates === undefined ? 'accepted' : INVALID);
  }

  #interval(row: IntervalRow): void {
    const everyMs = parseDuration(row.every);
    const after = row.after === undefined ? Date.parse(row.start ?? '') - 1 : Date.parse(row.after);
    const count = row.expected.length + (row.end === true ? 1 : 0);
    const spec = (anchorAt: number): TriggerSpec => ({
      kind: 'interval',
      everyMs,
      anchorAt,
      ...(row.until === undefined ? {} : { endAt: Date.parse(row.until) }),
    });
    if (row.deviates !== undefined) {
      // The source counts from the moment of asking, in whole seconds of at least one.
      const anchored = (Math.floor(after / everyMs) + 1) * everyMs;
      this.#expect('anchored', triggerFires(spec(0), after, 1), [iso(anchored)]);
      if (everyMs < 1000) return;
      this.#held = true;
      const fromNow = Math.floor(after / 1000) * 1000;
      this.#expect('from now', triggerFires(spec(fromNow), fromNow, count), row.expected);
      return;
    }
    const phaseMs = row.phase === undefined ? 0 : parseDuration(row.phase);
    const anchor = row.start === undefined ? phaseMs : Date.parse(row.start);
    this.#expect('instants', triggerFires(spec(anchor), after, count), row.expected);
    if (row.start !== undefined) return;
    const text = `@every ${formatDuration(everyMs)}/${formatDuration(phaseMs)}`;
    this.#expect('as text', parseEvery(text), { everyMs, phaseMs });
  }

  #calendarInterval(row: CalendarIntervalRow): void {
    const midnight = Date.parse(`${row.startDate}T00:00:00Z`);
    const zone = zoneTable.get(row.zone);
    const startAt = zone.instantsOf(midnight, DAILY_DST)[0] ?? midnight;
    const until = row.until === undefined ? null : Date.parse(`${row.until}T00:00:00Z`) + DAY;
    const common = {
      times: [row.time],
      zone: row.zone,
      anchorDate: row.startDate,
      dst: DAILY_DST,
      startAt,
      ...(until === null ? {} : { endAt: (zone.instantsOf(until, DAILY_DST)[0] ?? until) - 1 }),
    };
    const { days, months = 1 } = row.every;
    const day = Number(row.startDate.slice(8));
    const spec: TriggerSpec =
      days === undefined
        ? { kind: 'monthly', days: [{ day }], every: months, ...common }
        : { kind: 'daily', every: days, ...common };
    const expected = row.promised ?? row.expected;
    const count = expected.length + (row.end === true ? 1 : 0);
    this.#expect('instants', triggerFires(spec, startAt - 1, count), expected);
    if (row.deviates !== 'gap-skip') return;
    this.#held = true;
    const skipping: TriggerSpec = {
      ...spec,
      dst: { gap: 'skip', overlap: 'first' },
    } as TriggerSpec;
    const source = triggerFires(skipping, startAt - 1, row.expected.length);
    this.#expect('with the setting', source, row.expected);
  }

  #union(row: UnionRow): void {
    const of = row.of.map((member): TriggerSpec => {
      if (member.cron !== undefined) {
        return { kind: 'cron', expression: member.cron, zone: row.zone, dialect: 'standard' };
      }
      const anchorAt = parseDuration(member.phase ?? '0s');
      return { kind: 'interval', everyMs: parseDuration(member.every ?? ''), anchorAt };
    });
    const got = triggerFires({ kind: 'any', of }, Date.parse(row.after), row.expected.length);
    this.#expect('instants', got, row.expected);
  }

  #nickname(row: NicknameRow): void {
    const cron = engineCron({ expression: row.cron, zone: 'UTC' });
    this.#expect('fires', cron.firesAtAll(), true);
    const ours = asked({ expr: `@${row.text}`, zone: 'UTC' }, {}, (own) => own.expression);
    if (ours === INVALID || row.note !== undefined) return;
    this.#expect('nickname', sameInstants(`@${row.text}`, row.cron), true);
  }
}

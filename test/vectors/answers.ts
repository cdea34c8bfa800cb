import { TickworkError } from '../../packages/tickwork/src/core/base/errors.ts';
import { noCalendars } from '../../packages/tickwork/src/core/calendar/calendar-source.ts';
import { freshMemory } from '../../packages/tickwork/src/core/model/trigger-memory.ts';
import type { TriggerSpec } from '../../packages/tickwork/src/core/model/trigger-spec.ts';
import { compileTrigger } from '../../packages/tickwork/src/core/trigger/compile-trigger.ts';
import { DST_BY_HOUR_KIND } from '../../packages/tickwork/src/core/trigger/cron/cron-evaluator.ts';
import type { Evaluator } from '../triggers/engine.ts';
import { engineCron, zoneTable } from '../triggers/engine.ts';
import type { CaseRow, MatchRow, Setting } from './vector-file.ts';

/** The answer of a text that is refused. */
export const INVALID = 'invalid';

/** Evaluates with the evaluator of a text, or says that the text is refused. */
export function asked<T>(
  question: { readonly expr: string; readonly zone: string },
  setting: Setting,
  ask: (cron: Evaluator) => T,
): T | typeof INVALID {
  try {
    return ask(evaluator(setting.expr ?? question.expr, question.zone, setting));
  } catch (error) {
    if (error instanceof TickworkError && error.code === 'INVALID_CRON') return INVALID;
    throw error;
  }
}

function evaluator(expression: string, zone: string, setting: Setting): Evaluator {
  const { dialect = 'standard', dst } = setting;
  const plain = engineCron({ expression, zone, dialect });
  if (dst === undefined) return plain;
  const rule = { ...DST_BY_HOUR_KIND[plain.hourKind], ...dst };
  return engineCron({ expression, zone, dialect, dst: rule });
}

/** The instants of a case; one more than wanted where the row says that nothing follows. */
export function caseAnswer(row: CaseRow, setting: Setting, count: number) {
  return asked(row, setting, (cron) => {
    const backwards = row.direction === 'prev';
    const shift = row.inclusive ? (backwards ? 1 : -1) : 0;
    const found: string[] = [];
    let at: number | null = Date.parse(row.after) + shift;
    while (at !== null && found.length < count) {
      at = backwards ? cron.prev(at) : cron.next(at);
      if (at !== null) found.push(iso(at));
    }
    return found;
  });
}

export function matchAnswer(row: MatchRow, setting: Setting) {
  return asked(row, setting, (cron) => cron.matches(Date.parse(row.at)));
}

const EQUAL_FIRES = 300;
const EQUAL_STARTS = ['1970-01-01T00:00:00Z', '2024-02-27T12:34:56Z', '2199-01-01T00:00:00Z'];

/** Whether two texts fire at the same instants, tried from several starts and in two zones. */
export function sameInstants(left: string, right: string) {
  const one = ['UTC', 'Europe/Berlin'].map((zone) => manyFires(left, zone));
  const two = ['UTC', 'Europe/Berlin'].map((zone) => manyFires(right, zone));
  if (one.includes(INVALID) || two.includes(INVALID)) return INVALID;
  return JSON.stringify(one) === JSON.stringify(two);
}

function manyFires(expr: string, zone: string) {
  return asked({ expr, zone }, {}, (cron) =>
    EQUAL_STARTS.map((start) => {
      const found: number[] = [];
      let at: number | null = cron.next(Date.parse(start) - 1);
      while (at !== null && found.length < EQUAL_FIRES) {
        found.push(at);
        at = cron.next(at);
      }
      return found;
    }),
  );
}

/** The first instants of a stored trigger after an instant. */
export function triggerFires(spec: TriggerSpec, after: number, count: number): string[] {
  const env = { zones: zoneTable, calendars: noCalendars, jobName: 'job' };
  const trigger = compileTrigger(spec, env);
  const found: string[] = [];
  let memory = freshMemory(after);
  for (let at = trigger.next(after, memory); at !== null && found.length < count; ) {
    found.push(iso(at));
    memory = { ...memory, previousAt: at, fireCount: memory.fireCount + 1 };
    at = trigger.next(at, memory);
  }
  return found;
}

/** `2026-01-01T00:00:00Z`, with milliseconds only if there are any. */
export function iso(at: number): string {
  return new Date(at).toISOString().replace('.000Z', 'Z');
}

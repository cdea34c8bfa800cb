import { CronExpressionParser } from 'cron-parser';
import { Cron } from 'croner';
import { ZoneTable } from '../../packages/tickwork/src/core/time/zone-table.ts';
import { CronEvaluator } from '../../packages/tickwork/src/core/trigger/cron/cron-evaluator.ts';
import { compileMasks } from '../../packages/tickwork/src/core/trigger/cron/cron-masks.ts';
import { parseCron } from '../../packages/tickwork/src/core/trigger/cron/parse-cron.ts';
import { intlZoneData } from '../../packages/tickwork/src/platform/zone-data.ts';

/** A cron library under measurement: text to a function from an instant to the next one. */
export interface Contestant {
  readonly name: string;
  /** Reads an expression from nothing; no cache of expressions is used. */
  parse(expression: string, zone: string): (after: number) => number | null;
}

const zones = new ZoneTable(intlZoneData());

export const tickwork: Contestant = {
  name: 'tickwork',
  parse(expression, zone) {
    const parsed = parseCron(expression);
    const place = { zone: zones.get(zone), dst: null };
    const evaluator = new CronEvaluator(parsed, compileMasks(parsed, ''), place);
    return (after) => evaluator.next(after);
  },
};

export const croner: Contestant = {
  name: 'croner',
  parse(expression, zone) {
    const cron = new Cron(expression, { timezone: zone, paused: true });
    return (after) => cron.nextRun(new Date(after))?.getTime() ?? null;
  },
};

/** Its iterator keeps the instant: `next()` goes on from there, as its users call it. */
export const cronParser: Contestant = {
  name: 'cron-parser',
  parse(expression, zone) {
    const cron = CronExpressionParser.parse(expression, { tz: zone, currentDate: new Date(0) });
    return (after) => {
      cron.reset(new Date(after));
      return cron.next().getTime();
    };
  },
};

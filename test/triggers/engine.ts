import type { DstRule } from '../../packages/tickwork/src/core/time/dst-rule.ts';
import { ZoneTable } from '../../packages/tickwork/src/core/time/zone-table.ts';
import { CronCompiler } from '../../packages/tickwork/src/core/trigger/cron/cron-compiler.ts';
import { intlZoneData } from '../../packages/tickwork/src/platform/zone-data.ts';

/** The engine under test, over the zone data that users get. */
export const zoneTable: ZoneTable = new ZoneTable(intlZoneData());
const compiler = new CronCompiler(zoneTable);

export interface EngineQuestion {
  readonly expression: string;
  readonly zone: string;
  readonly dialect?: 'standard' | 'quartz';
  readonly dst?: DstRule;
  readonly seed?: string;
}

export type Evaluator = ReturnType<CronCompiler['compile']>;

/** The engine's evaluator of a question. */
export function engineCron(question: EngineQuestion): Evaluator {
  const { expression, zone, dialect = 'standard', dst, seed = 'job' } = question;
  const spec = { expression, zone, dialect, ...(dst === undefined ? {} : { dst }) };
  return compiler.compile(spec, { seed });
}

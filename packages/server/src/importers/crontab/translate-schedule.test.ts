import fc from 'fast-check';
import { isTickworkError, nextFires } from 'tickwork';
import { describe, expect, it } from 'vitest';
import { translateSchedule } from './translate-schedule.ts';

describe('translateSchedule', () => {
  it.each([
    ['*/5 * * * *', '*/5 * * * *'],
    ['0 9-17/2 * jan-JUN mon,Wed', '0 9-17/2 * jan-JUN mon,Wed'],
    // Steps beyond the end of the field: the first value alone.
    ['*/60 * * * *', '0 * * * *'],
    ['*/90 * * * *', '0 * * * *'],
    ['0 */24 * * *', '0 0 * * *'],
    ['0 0 */31 * *', '0 0 1 * *'],
    ['0 0 1 */12 *', '0 0 1 1 *'],
    ['0 0 * * */8', '0 0 * * 0'],
    ['10-20/30 * * * *', '10 * * * *'],
    // Both day fields must match where one begins with a star.
    ['0 0 */2 * 1', '0 0 */2 * +1'],
    ['0 0 13 * */2', '0 0 13 * +*/2'],
    ['0 0 13 * 5', '0 0 13 * 5'],
    ['~ * * * *', 'H(0-59) * * * *'],
    ['0~29 10~ * * ~3', 'H(0-29) H(10-23) * * H(0-3)'],
    ['~/10 0 * * *', 'H(0-59)/10 0 * * *'],
    ['@every_minute', '* * * * *'],
    ['@Daily', '@daily'],
  ])('%s is %s', (schedule, cron) => {
    expect(translateSchedule(schedule)).toMatchObject({ when: { cron } });
  });

  it('knows nicknames that are no cron expressions', () => {
    expect(translateSchedule('@reboot')).toMatchObject({ when: { startup: 'node' } });
    expect(translateSchedule('@every_second')).toMatchObject({ when: { every: '1s' } });
  });

  it.each([
    ['61 * * * *', 'minute: 61 is not within 0-59.'],
    ['* 24 * * *', 'hour: 24 is not within 0-23.'],
    ['* * 0 * *', 'day of month: 0 is not within 1-31.'],
    ['* * * * 8', 'day of week: 8 is not within 0-7.'],
    ['0 0 * * sat-mon', 'write 6-7,1 if meant'],
    ['0 0 * * fri-sun', 'write 5-7 if meant'],
    ['0 22-2 * * *', 'write 22-23,0-2 if meant'],
    ['0 0 * nov-jan *', 'write 11-12,1 if meant'],
    ['5/10 * * * *', 'write 5-59/10 if meant'],
    ['*/0 * * * *', 'a step of 0 never moves'],
    ['0 0 L * *', '"L" is no value of crontab(5)'],
    ['0 0 * * 5#2', '"5#2" is no value'],
    ['0 0 ? * *', '"?" is no value'],
    ['*5 * * * *', '"*5" is no value'],
    ['1,,2 * * * *', '"" is no value'],
    ['mon * * * *', '"mon" is no value'],
    ['@fortnightly', 'cron knows no @fortnightly'],
    ['@constructor', 'cron knows no @constructor'],
  ])('refuses %s', (schedule, reason) => {
    expect(translateSchedule(schedule)).toMatchObject({ reason: expect.stringContaining(reason) });
  });

  it('writes long lists as ranges, for an expression has at most 256 characters', () => {
    const all = (from: number, to: number) =>
      Array.from({ length: to - from + 1 }, (_, i) => from + i).join(',');
    const schedule = `${all(0, 59)} ${all(0, 23)} ${all(1, 30)} ${all(1, 12)} *`;
    expect(translateSchedule(schedule)).toMatchObject({ when: { cron: '0-59 0-23 1-30 1-12 *' } });
  });

  it('fires when the bits that cron sets are set', () => {
    fc.assert(
      fc.property(fc.tuple(...fieldRules.map(fieldArbitrary)), (fields) => {
        const schedule = fields.map(({ text }) => text).join(' ');
        const translation = translateSchedule(schedule);
        if (!('when' in translation)) throw new Error(`${schedule}: ${translation.reason}`);
        const after = Date.UTC(2027, 0, 1);
        const instants = firesUpToHorizon(translation.when.cron ?? '', after);
        expect(instants).toEqual(firesOfCron(fields, after, 20));
      }),
      { numRuns: 200 },
    );
  });
});

/** Empty for dates that never come, which are refused. */
function firesUpToHorizon(cron: string, after: number): readonly number[] {
  try {
    const fires = nextFires({ cron, zone: 'UTC' }, { after, count: 20 });
    return fires.map(({ fireAt }) => fireAt).filter((at) => at < HORIZON);
  } catch (error) {
    if (isTickworkError(error) && error.code === 'NEVER_FIRES') return [];
    throw error;
  }
}

/** The calendar repeats after 28 years. */
const HORIZON = Date.UTC(2055, 0, 1);

const fieldRules = [
  { low: 0, high: 59 },
  { low: 0, high: 23 },
  { low: 1, high: 31 },
  { low: 1, high: 12 },
  { low: 0, high: 7 },
];

interface Field {
  readonly text: string;
  readonly bits: ReadonlySet<number>;
  readonly star: boolean;
}

/** A field with the bits that the loops of entry.c set for it. */
function fieldArbitrary({ low, high }: { low: number; high: number }): fc.Arbitrary<Field> {
  const value = fc.integer({ min: low, max: high });
  const step = fc.oneof(fc.constant(null), fc.integer({ min: 1, max: 70 }));
  const suffix = (by: number | null): string => (by === null ? '' : `/${by}`);
  const item = fc.oneof(
    step.map((by) => ({ text: `*${suffix(by)}`, from: low, to: high, by: by ?? 1 })),
    value.map((one) => ({ text: `${one}`, from: one, to: one, by: 1 })),
    fc.tuple(value, value, step).map(([a, b, by]) => {
      const [from, to] = [Math.min(a, b), Math.max(a, b)];
      return { text: `${from}-${to}${suffix(by)}`, from, to, by: by ?? 1 };
    }),
  );
  return fc.array(item, { minLength: 1, maxLength: 3 }).map((items) => {
    const bits = new Set<number>();
    for (const { from, to, by } of items) for (let i = from; i <= to; i += by) bits.add(i);
    const text = items.map((each) => each.text).join(',');
    return { text, bits, star: text.startsWith('*') };
  });
}

function firesOfCron(fields: readonly Field[], after: number, count: number): number[] {
  const [minute, hour, day, month, weekday] = fields;
  const fires: number[] = [];
  for (let at = after; fires.length < count && at < HORIZON; at += 86_400_000) {
    const date = new Date(at);
    const isDay = day?.bits.has(date.getUTCDate()) === true;
    const isSunday = date.getUTCDay() === 0 && weekday?.bits.has(7) === true;
    const isWeekday = isSunday || weekday?.bits.has(date.getUTCDay()) === true;
    const wantsBoth = day?.star === true || weekday?.star === true;
    const fits = wantsBoth ? isDay && isWeekday : isDay || isWeekday;
    if (!fits || month?.bits.has(date.getUTCMonth() + 1) !== true) continue;
    for (let of24 = 0; of24 < 24; of24++) {
      if (hour?.bits.has(of24) !== true) continue;
      for (let of60 = 0; of60 < 60; of60++) {
        const fireAt = at + (of24 * 60 + of60) * 60_000;
        if (minute?.bits.has(of60) === true && fireAt > after) fires.push(fireAt);
      }
    }
  }
  return fires.slice(0, count);
}

import { nextFires } from 'tickwork';
import { afterEach, describe, expect, it, vi } from 'vitest';

const after = Date.UTC(2027, 0, 1);
const days = (fires: readonly { readonly fireAt: number }[]) =>
  fires.map(({ fireAt }) => new Date(fireAt).toISOString().slice(0, 10));

afterEach(() => vi.restoreAllMocks());

describe('nextFires', () => {
  it('looks zones up once for all calls', () => {
    const ask = (count: number) =>
      nextFires({ cron: '30 2 * * *', zone: 'Asia/Kathmandu' }, { after, count, zone: 'UTC' });
    ask(1);
    const names = vi.spyOn(Intl, 'supportedValuesOf');
    const format = vi.spyOn(Intl, 'DateTimeFormat');
    expect(ask(3)).toHaveLength(3);
    expect(names).not.toHaveBeenCalled();
    expect(format).not.toHaveBeenCalled();
  });

  it('takes calendars as applyCalendars does', () => {
    const calendars = { work: { weekends: 'sat-sun', holidays: ['2027-01-04'] } };
    const options = { after, count: 2, zone: 'UTC', calendars };
    expect(days(nextFires({ daily: '09:00', calendar: 'work' }, options))).toEqual([
      '2027-01-01',
      '2027-01-05',
    ]);
    const rolled = nextFires({ monthly: '2 09:00', calendar: 'work', roll: 'following' }, options);
    expect(days(rolled)).toEqual(['2027-01-05', '2027-02-02']);
    expect(rolled[0]?.notes).toEqual(['moved here from a day that the calendar excludes']);
  });

  it('counts working days of a calendar, also after another call had another one', () => {
    const trigger = { monthly: '1st workday 09:00', calendar: 'work' };
    const ask = (calendars: Record<string, { weekends: string; holidays: string[] }>) =>
      days(nextFires(trigger, { after, count: 1, zone: 'UTC', calendars }));
    expect(ask({ work: { weekends: 'sat-sun', holidays: ['01-01'] } })).toEqual(['2027-01-04']);
    expect(ask({ work: { weekends: 'fri', holidays: ['12-31'] } })).toEqual(['2027-01-02']);
  });

  it('refuses a wrong calendar and one that is not given', () => {
    const trigger = { daily: '09:00', calendar: 'work' };
    const wrong = { work: { weekend: 'sat' } } as never;
    expect(() => nextFires(trigger, { after, calendars: wrong })).toThrow('calendars.work.weekend');
    expect(() => nextFires(trigger, { after })).toThrow('work');
  });
});

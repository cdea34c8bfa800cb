import { joinField } from '../../base/check-keys.ts';
import type { MonthDay, TriggerSpec } from '../../model/trigger-spec.ts';
import { readDaysAt } from '../form/days-at.ts';
import { dstOf, type TriggerForm } from '../form/form.ts';
import { distinctDays, parseMonthDays } from '../form/month-day-list.ts';

export const monthlyForm: TriggerForm = {
  key: 'monthly',
  options: [],
  hasDst: true,
  parse(input, place) {
    const field = joinField(place.field, 'monthly');
    const byTimes = new Map<string, { times: readonly string[]; days: MonthDay[] }>();
    for (const { on, onField, times } of readDaysAt(input.monthly, field, 'a monthly trigger')) {
      const group = byTimes.get(times.join()) ?? { times, days: [] };
      group.days.push(...parseMonthDays(on, onField));
      byTimes.set(times.join(), group);
    }
    return [...byTimes.values()].map(
      ({ times, days }): TriggerSpec => ({
        kind: 'monthly',
        days: distinctDays(days),
        times,
        zone: place.zone.name,
        every: 1,
        dst: dstOf(place),
      }),
    );
  },
};

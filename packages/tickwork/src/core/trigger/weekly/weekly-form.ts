import { joinField } from '../../base/check-keys.ts';
import type { TriggerSpec } from '../../model/trigger-spec.ts';
import { readDaysAt } from '../form/days-at.ts';
import { dstOf, type TriggerForm } from '../form/form.ts';
import { parseWeekdays } from '../form/weekday-list.ts';

export const weeklyForm: TriggerForm = {
  key: 'weekly',
  options: [],
  hasDst: true,
  parse(input, place) {
    const field = joinField(place.field, 'weekly');
    const byTimes = new Map<string, { times: readonly string[]; days: Set<number> }>();
    for (const { on, onField, times } of readDaysAt(input.weekly, field, 'a weekly trigger')) {
      const group = byTimes.get(times.join()) ?? { times, days: new Set<number>() };
      for (const weekday of parseWeekdays(on, onField)) group.days.add(weekday);
      byTimes.set(times.join(), group);
    }
    return [...byTimes.values()].map(
      ({ times, days }): TriggerSpec => ({
        kind: 'weekly',
        weekdays: [...days].sort((left, right) => left - right),
        times,
        zone: place.zone.name,
        every: 1,
        dst: dstOf(place),
      }),
    );
  },
};

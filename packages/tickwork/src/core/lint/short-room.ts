import { limitsOf } from '../dispatcher/limits-of.ts';
import { handlerKey } from '../model/task-spec.ts';
import { DAY_MS } from '../time/civil.ts';
import { formatDuration } from '../time/duration.ts';
import { coming, type LintFacts, type LintJob, type LintSetRule } from './lint-rule.ts';

const INSTANTS_MAX = 100_000;
const NAMES_MAX = 5;

export const shortRoom: LintSetRule = {
  id: 'short-room',
  severity: 'warning',
  summary: 'A rate, a pool or a concurrency limit has less room than its jobs ask for in a day.',
  reason:
    'What a limit holds back waits, and if more comes than goes the wait grows without end: ' +
    'starts are later every hour, until `startWithin` or the overlap policy skips them. Rates ' +
    'are judged by the instants of the next day, the others by what 95 of 100 kept runs take.',
  remedy: 'Give the limit more room, or run its jobs less often; `tickwork simulate` tells more.',
  example: [
    'jobs:',
    '  crawl:',
    '    every: 1m',
    '    task: crawl',
    '    retry: 0',
    '    rate: { max: 10, per: 1h }',
  ],
  checkAll(jobs, facts) {
    return [...demands(jobs, facts)].flatMap(([key, { asked, room, what, perText, names }]) => {
      if (asked <= room) return [];
      const share = (asked / room).toFixed(1);
      const shown = names.slice(0, NAMES_MAX).join(', ');
      const more = names.length > NAMES_MAX ? ` and ${names.length - NAMES_MAX} more` : '';
      const message =
        `${key}: within a day ${shown}${more} ${names.length === 1 ? 'asks' : 'ask'} for ` +
        `${share} times ${what} (${perText}).`;
      return [{ path: [], message, remedy: 'Give it more room, or run them less often.' }];
    });
  },
};

type Limit = Omit<Demand, 'asked' | 'names'>;

interface Demand {
  asked: number;
  /** The jobs that ask. */
  readonly names: string[];
  readonly room: number;
  readonly what: string;
  readonly perText: string;
}

/** What is asked of each limit in a day: starts of a rate, time times weight of the others. */
function demands(jobs: readonly LintJob[], facts: LintFacts): ReadonlyMap<string, Demand> {
  const found = new Map<string, Demand>();
  const ask = (key: string, by: string, asked: number, limit: Limit): void => {
    const demand = found.get(key) ?? { asked: 0, names: [], ...limit };
    demand.asked += asked;
    demand.names.push(by);
    found.set(key, demand);
  };
  for (const job of jobs) {
    const { definition, name, durationMsP95 } = job;
    const limits = limitsOf({ jobName: name, handler: handlerKey(definition.task) }, definition);
    if (limits.rate === undefined && limits.slots === undefined) continue;
    const bounds = { limit: INSTANTS_MAX, untilAt: facts.now + DAY_MS };
    const count = coming(job, facts, bounds).length;
    const { rate, slots = [] } = limits;
    if (rate !== undefined) {
      ask(`rate of ${rate.key}`, name, count, {
        room: Math.max(rate.max, (rate.max * DAY_MS) / rate.perMs),
        what: 'the starts that its rate allows',
        perText: `${rate.max} in ${formatDuration(rate.perMs)}`,
      });
    }
    if (durationMsP95 === null) continue;
    for (const { key, weight, max } of slots) {
      ask(key, name, count * durationMsP95 * weight, {
        room: max * DAY_MS,
        what: 'its room',
        perText: `${max} at once`,
      });
    }
  }
  return found;
}

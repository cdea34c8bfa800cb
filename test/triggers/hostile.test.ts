import { describe, expect, test } from 'vitest';
import { engineCron } from './engine.ts';
import { EVALUATOR_STEPS_MAX, hostileTexts, PARSER_STEPS_MAX, runHostile } from './hostile.ts';

const TEXTS = 20_000;

test('hostile texts are refused or understood, in bounded steps', { timeout: 60_000 }, () => {
  const report = runHostile(TEXTS, 7);
  expect(report.crashes).toEqual([]);
  expect(report.parserStepsMax).toBeLessThanOrEqual(PARSER_STEPS_MAX);
  expect(report.evaluatorStepsMax).toBeLessThanOrEqual(EVALUATOR_STEPS_MAX);
  // Both kinds of texts must be there, and searches that go through all the years.
  expect(report.accepted).toBeGreaterThan(TEXTS / 20);
  expect(report.refused).toBeGreaterThan(TEXTS / 2);
  expect(report.evaluatorStepsMax).toBeGreaterThan(1000);
});

test('the same seed gives the same texts', () => {
  expect([...hostileTexts(50, 3)]).toEqual([...hostileTexts(50, 3)]);
  expect([...hostileTexts(50, 3)]).not.toEqual([...hostileTexts(50, 4)]);
});

describe('the dearest questions stay within the bound', () => {
  const zones = ['UTC', 'Europe/Berlin', 'Africa/Casablanca', 'Pacific/Apia'];
  const expressions = [
    '* * 30 2 *',
    '* * 31 2,4,6,9,11 *',
    '* * 29 2 +5#5',
    '59 59 23 31 12 +1 2198',
    '30 2 29 2 +MON',
    '* * * * * * 1970',
  ];
  test.each(expressions)('%s', (expression) => {
    for (const zone of zones) {
      for (const dst of [
        { gap: 'skip', overlap: 'both' },
        { gap: 'after', overlap: 'last' },
        { gap: 'skip', overlap: 'first' },
      ] as const) {
        const cron = engineCron({ expression, zone, dst });
        for (const ask of [() => cron.next(0), () => cron.prev(Date.UTC(2199, 11, 31))]) {
          const before = cron.steps;
          ask();
          expect(cron.steps - before).toBeLessThanOrEqual(EVALUATOR_STEPS_MAX);
        }
      }
    }
  });
});

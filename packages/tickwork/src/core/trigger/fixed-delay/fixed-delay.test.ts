import { describe, expect, test } from 'vitest';
import { freshMemory, type TriggerMemory } from '../../model/trigger-memory.ts';
import type { Trigger } from '../trigger.ts';
import { compileFixedDelay } from './fixed-delay.ts';

const compile = compileFixedDelay as (spec: { kind: 'fixed-delay'; delayMs: number }) => Trigger;
const trigger = compile({ kind: 'fixed-delay', delayMs: 100 });

function memory(changes: Partial<TriggerMemory>): TriggerMemory {
  return { ...freshMemory(1000), ...changes };
}

describe('the next instant', () => {
  const cases: readonly (readonly [string, number, Partial<TriggerMemory>, number | null])[] = [
    ['before the job is in force: its first moment', 500, {}, 1000],
    ['in force and never run: at once', 1000, {}, 1001],
    ['planned, not ended: only the end can say', 1001, { previousAt: 1001 }, null],
    ['ended: the delay after the end', 1001, { previousAt: 1001, endedAt: 1050 }, 1150],
    ['the instant after that end is planned', 1150, { previousAt: 1150, endedAt: 1050 }, null],
    ['dropped before its instant came', 1150, { previousAt: 1150, endedAt: 1090 }, 1190],
    ['passed over: the delay after that', 1150, { previousAt: 1150, passedAt: 1400 }, 1500],
    ['ended after', 1150, { previousAt: 1150, passedAt: 1400, endedAt: 1450 }, 1550],
    ['passed over after', 1150, { previousAt: 1150, passedAt: 1400, endedAt: 1050 }, 1500],
    ['due in the past, after a pause: at once', 5000, { previousAt: 1001, endedAt: 1050 }, 5001],
    ['resumed while nothing ran', 2000, { anchorAt: 2000, previousAt: 1150, endedAt: 1050 }, 2001],
    ['resumed just after an end', 2000, { anchorAt: 2000, previousAt: 1150, endedAt: 1990 }, 2090],
    ['a new revision counts from the older run', 1000, { endedAt: 980 }, 1080],
  ];
  for (const [name, after, changes, expected] of cases) {
    test(name, () => expect(trigger.next(after, memory(changes))).toBe(expected));
  }
});

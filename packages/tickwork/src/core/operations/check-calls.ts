import type { Check } from '../base/shape.ts';
import { refuse } from '../base/shape.ts';
import { callShapes } from './call-shapes.ts';
import type { Scheduler } from './scheduler-api.ts';
import type { UncheckedScheduler } from './unchecked-scheduler.ts';

type Call = (...args: readonly unknown[]) => unknown;

/** Calls that answer at once; the others answer with a promise, which a wrong argument rejects. */
const immediate: readonly string[] = [
  'task',
  'taskClass',
  'on',
  'troubles',
] satisfies (keyof Scheduler)[];

/**
 * The scheduler that users get: every argument of every call is checked against `callShapes` before
 * the call begins, so that the types it shows hold. Throws, or rejects with, INVALID_INPUT.
 */
export function withCheckedCalls<Tasks>(scheduler: UncheckedScheduler): Scheduler<Tasks> {
  const calls = scheduler as unknown as Readonly<Record<string, Call>>;
  const checked: Record<string, Call> = {};
  for (const [name, shapes] of Object.entries(callShapes)) {
    const checks = Object.entries(shapes);
    checked[name] = (...args) => {
      try {
        checkArguments(name, checks, args);
      } catch (error) {
        if (immediate.includes(name)) throw error;
        return Promise.reject(error);
      }
      const answer = calls[name]?.apply(scheduler, [...args]);
      // Registering a task answers with the scheduler, so that calls can be chained.
      return answer === scheduler ? checked : answer;
    };
  }
  return checked as unknown as Scheduler<Tasks>;
}

function checkArguments(
  name: string,
  checks: readonly (readonly [string, Check])[],
  args: readonly unknown[],
): void {
  for (const [i, [field, check]] of checks.entries()) check(args[i], field);
  if (args.length <= checks.length) return;
  const names = checks.map(([field]) => field).join(', ');
  const remedy = names === '' ? 'It takes none.' : `It takes ${names}.`;
  refuse(name, args.length, 'has more arguments than it takes.', remedy);
}

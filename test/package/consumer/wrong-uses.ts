// Wrong uses of the types. Each line below `wrong` fails to compile; one that compiled would make
// its directive an error.
import { createScheduler, defineTasks } from 'tickwork';

const tasks = defineTasks({
  report: (input: { month: string }) => input.month.length,
  at: (input: { day: Date }) => input.day.getTime(),
});
const scheduler = await createScheduler({ tasks });
const untyped = await createScheduler();

// @ts-expect-error wrong: a key that is none
await untyped.job('a', { evry: '1s', task: 'x' });
// @ts-expect-error wrong: a number without a unit
await untyped.job('a', { every: 5, task: 'x' });
// @ts-expect-error wrong: a policy that is none
await untyped.job('a', { every: '1s', tmeout: '1m', task: 'x' });
// @ts-expect-error wrong: no trigger
await untyped.job('a', { task: 'x' });
// @ts-expect-error wrong: two triggers
await untyped.job('a', { every: '1s', daily: '02:00', task: 'x' });
// @ts-expect-error wrong: a trigger beside its own keys
await untyped.job('a', { trigger: { every: '1s' }, every: '1s', task: 'x' });
// @ts-expect-error wrong: an option of another trigger
await untyped.job('a', { every: '1s', dialect: 'quartz', task: 'x' });
// @ts-expect-error wrong: two triggers in a member of a union
await untyped.job('a', { any: [{ every: '1s', daily: '01:00' }], task: 'x' });
// @ts-expect-error wrong: no task
await untyped.job('a', { every: '1s' });
// @ts-expect-error wrong: a task and a script
await untyped.job('a', { every: '1s', task: 'x', script: 'y.sh' });
// @ts-expect-error wrong: an option of scripts that is none
await untyped.job('a', { every: '1s', script: { path: 'y.sh', arsg: [] } });

// @ts-expect-error wrong: a task that is not there
await scheduler.job('a', { every: '1s', task: 'reprot', input: { month: 'x' } });
// @ts-expect-error wrong: a key of the input
await scheduler.job('a', { every: '1s', task: 'report', input: { moth: 'x' } });
// @ts-expect-error wrong: no input
await scheduler.job('a', { every: '1s', task: 'report' });
// @ts-expect-error wrong: no input
await scheduler.enqueue('report');
// @ts-expect-error wrong: a member of another type
await scheduler.enqueue('report', { month: 5 });
// @ts-expect-error wrong: one of many inputs
await scheduler.enqueueMany('report', [{ month: 'x' }, { month: 5 }]);
// @ts-expect-error wrong: a task that is not there
await scheduler.enqueue('typo', {});
// @ts-expect-error wrong: a handler of a task that is not there
scheduler.task('nope', () => {});
// @ts-expect-error wrong: a handler with another input
scheduler.task('report', (input: { year: number }) => input.year);
// @ts-expect-error wrong: a result of another type
const _text: string = await scheduler.waitFor((await scheduler.enqueue('report', m)).runId);
// @ts-expect-error wrong: a date, which JSON turns into a text
await scheduler.enqueue('at', { day: new Date() });

// @ts-expect-error wrong: what JSON would empty
await untyped.enqueue('x', new Map());
// @ts-expect-error wrong: what JSON would turn into a text
await untyped.job('a', { every: '1s', task: 'x', input: { at: new Date() } });
// @ts-expect-error wrong: undefined in a list
await untyped.enqueue('x', [undefined]);
// @ts-expect-error wrong: a function
await untyped.runNow('x', { input: { call: () => 1 } });
// @ts-expect-error wrong: an option that is none
await untyped.enqueue('x', null, { dealy: 5 });
// @ts-expect-error wrong: an option that is none
await createScheduler({ stor: 'x.db' });

declare const m: { month: string };

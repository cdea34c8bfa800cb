// Ten right uses of the types, and the program of the README. All of it compiles.
import { createScheduler, defineTasks, type JobInput, type Json, type RunId } from 'tickwork';
import { createTestScheduler } from 'tickwork/testing';

interface Mail {
  to: string;
  subject?: string;
  cc: readonly { name: string }[];
}
declare const mail: Mail;
declare const anything: Json;

/** Fails to compile unless the two types are the same. */
function same<Expected>() {
  return <Actual>(
    _value: Actual,
    ..._proof: [Expected, Actual] extends [Actual, Expected] ? [] : ['not the same type']
  ): void => {};
}

const tasks = defineTasks({
  'send-mail': async (input: Mail, { signal, log }) => {
    log(input.to, signal.aborted);
    return { id: input.to, sentAt: new Date() };
  },
  report: (input: { month: string }) => (input.month === '' ? false : input.month.length),
  tidy: () => {},
  retryable: (input: { n: number } | null) => input?.n ?? 0,
});

// 1. Names, inputs and results of tasks are known; an interface is an input.
const scheduler = await createScheduler({ tasks });
const sent = await scheduler.enqueue('send-mail', mail, { key: mail.to });
same<RunId<{ readonly id: string; readonly sentAt: string }>>()(sent.runId);
same<{ readonly id: string; readonly sentAt: string }>()(await scheduler.waitFor(sent.runId));

// 2. `false` is a failure, nothing returned is null.
const report = await scheduler.enqueue('report', { month: '2026-12' });
same<number>()(await scheduler.waitFor(report.runId, { timeout: '1m' }));
same<null>()(await scheduler.waitFor((await scheduler.enqueue('tidy')).runId));

// 3. An input that may be null may be left out; many inputs in one call.
await scheduler.enqueue('retryable');
const [first] = await scheduler.enqueueMany('retryable', [{ n: 1 }, null]);
if (first !== undefined) same<number>()(await scheduler.waitFor(first.runId));

// 4. Jobs of known tasks.
await scheduler.job('monthly', { monthly: '1 09:00', task: 'report', input: { month: '' } });
await scheduler.job('tidy', { every: '1h', from: 'end', task: 'tidy', retry: 3, timeout: '5m' });

// 5. A job of a script, a plugin's kind, several triggers.
await scheduler.job('files', { cron: '@daily', script: { path: 'a.sh', args: ['x'] } });
await scheduler.job('call', {
  trigger: [{ daily: '02:00', zone: 'Europe/Berlin' }, { after: 'tidy' }, '0 9 * * mon'],
  task: { kind: 'http', url: 'https://example.org' },
});

// 6. A job in a variable, spread, and one whose trigger is chosen.
const nightly: JobInput<typeof tasks> = { daily: '02:00', task: 'report', input: { month: '' } };
await scheduler.job('nightly', nightly);
declare const chosen: { every: string } | { daily: string };
const plain: JobInput = { ...chosen, task: 'x', input: anything };

// 7. Without types of tasks, names are any text and inputs any JSON, interfaces too.
const untyped = await createScheduler({ store: 'tickwork.db' });
untyped.task('greet', (input, { log, attempt }) => log(`hello ${input}, attempt ${attempt}`));
untyped.task('mail', (input: Mail) => input.to);
await untyped.job('plain', plain);
await untyped.job('mailing', { every: '1s', task: 'mail', input: mail });
await untyped.enqueue('mail', mail, { delay: '5m' });
await untyped.enqueue('greet', anything);
same<Json>()(await untyped.waitFor('e_1'));

// 8. A program that only enqueues knows the tasks by an interface.
interface Remote {
  crunch(input: { n: number }): Promise<number>;
}
const remote = await createScheduler<Remote>({ store: 'tickwork.db' });
same<number>()(await remote.waitFor((await remote.enqueue('crunch', { n: 1 })).runId));
remote
  .task('crunch', async ({ n }) => n)
  .task('crunch', undefined, {
    isolate: 'worker',
    module: '/srv/crunch.js',
  });

// 9. The same tasks under a test's clock.
const test = await createTestScheduler({ tasks });
same<RunId<number>>()((await test.scheduler.enqueue('report', { month: '' })).runId);

// 10. Events know what they carry.
scheduler.on('run.finished', ({ jobName, state }) => console.log(jobName, state));

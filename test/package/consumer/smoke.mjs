// Schedules, runs and survives a restart: it is started twice in the same directory.
import { createScheduler } from 'tickwork';

const scheduler = await createScheduler({ store: 'smoke.db' });
scheduler.task('greet', (name, { log }) => {
  log('hello', name);
  return `hello ${name}`;
});
await scheduler.job('greeting', { every: '200ms', task: 'greet', input: 'world' });
const { runs } = await scheduler.runs({ states: ['SUCCESS'] });
const finished = new Promise((resolve) => scheduler.on('run.finished', resolve));
await scheduler.start();
const { state } = await finished;
await scheduler.close();
console.log(`${state} after ${runs.length} earlier runs`);

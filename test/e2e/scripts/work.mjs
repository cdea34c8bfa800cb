// Does what its input says: fails so many attempts, waits for a file, or for a time.
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const { failTimes = 0, until = null, ms = 0 } = JSON.parse(process.env.TICKWORK_INPUT) ?? {};
console.log(`attempt ${process.env.TICKWORK_ATTEMPT} of ${process.env.TICKWORK_RUN_ID}`);
if (Number(process.env.TICKWORK_ATTEMPT) <= failTimes) {
  console.error('failed as asked');
  process.exit(3);
}
while (until !== null && !existsSync(until)) await sleep(20);
await sleep(ms);

// Kills its engine in so many attempts, each as soon as `<go>-<attempt>` is there.
import { existsSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

const { kills, go } = JSON.parse(process.env.TICKWORK_INPUT);
const attempt = Number(process.env.TICKWORK_ATTEMPT);
if (attempt <= kills) {
  while (!existsSync(`${go}-${attempt}`)) await sleep(20);
  process.kill(process.ppid, 'SIGKILL');
  // The next engine ends it.
  await sleep(3_600_000);
}

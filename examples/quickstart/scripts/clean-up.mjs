// Removes log files of this example that are older than `days` of the job's input.
import { readdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { folder } from './place.mjs';

const { days = 7 } = JSON.parse(process.env.TICKWORK_INPUT ?? '{}') ?? {};
const oldest = Date.now() - days * 86_400_000;
const logs = folder('logs');
const removed = [];
for (const name of readdirSync(logs).filter((each) => each.endsWith('.log'))) {
  const file = join(logs, name);
  if (statSync(file).mtimeMs >= oldest) continue;
  rmSync(file, { force: true });
  removed.push(name);
}
console.log(JSON.stringify({ removed }));

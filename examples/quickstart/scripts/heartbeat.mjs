// Appends one line to today's log: when the beat was due, and when it came.
import { appendFileSync } from 'node:fs';
import { hostname, uptime } from 'node:os';
import { join } from 'node:path';
import { folder } from './place.mjs';

const now = new Date();
const beat = {
  at: now.toISOString(),
  dueAt: process.env.TICKWORK_SCHEDULED_AT ?? null,
  run: process.env.TICKWORK_RUN_ID ?? null,
  host: hostname(),
  uptimeSeconds: Math.round(uptime()),
};
const file = join(folder('logs'), `heartbeat-${now.toISOString().slice(0, 10)}.log`);
appendFileSync(file, `${JSON.stringify(beat)}\n`);
console.log(`alive, written to ${file}`);

// Samples this computer for five seconds and appends one reading to today's file. Killed in
// between, it has written nothing, and its next attempt begins anew.
import { appendFileSync, readdirSync, readFileSync, statfsSync } from 'node:fs';
import { cpus, freemem, loadavg, totalmem } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { folder, output } from './place.mjs';

const SAMPLE_COUNT = 5;
const SAMPLE_MS = 1000;

/** Milliseconds that all processors were busy, and in all, since the system started. */
function processorTimes(): { busyMs: number; totalMs: number } {
  const sums = cpus().map(({ times }) => {
    const totalMs = times.user + times.nice + times.sys + times.idle + times.irq;
    return { busyMs: totalMs - times.idle, totalMs };
  });
  return {
    busyMs: sums.reduce((sum, { busyMs }) => sum + busyMs, 0),
    totalMs: sums.reduce((sum, { totalMs }) => sum + totalMs, 0),
  };
}

/** Degrees Celsius by sensor; empty where the system shows none. */
function temperatures(): Record<string, number> {
  const root = '/sys/class/thermal';
  const found: Record<string, number> = {};
  try {
    for (const zone of readdirSync(root).filter((name) => name.startsWith('thermal_zone'))) {
      const type = readFileSync(join(root, zone, 'type'), 'utf8').trim();
      const milli = Number(readFileSync(join(root, zone, 'temp'), 'utf8'));
      if (Number.isFinite(milli)) found[`${zone} ${type}`] = milli / 1000;
    }
  } catch {
    // Virtual machines and other systems have no such sensors.
  }
  return found;
}

const loads: number[] = [];
let before = processorTimes();
for (let i = 1; i <= SAMPLE_COUNT; i++) {
  await sleep(SAMPLE_MS);
  const after = processorTimes();
  const totalMs = after.totalMs - before.totalMs;
  loads.push(totalMs === 0 ? 0 : (100 * (after.busyMs - before.busyMs)) / totalMs);
  before = after;
  console.log(`sample ${i} of ${SAMPLE_COUNT}: ${loads.at(-1)?.toFixed(1)} % busy`);
}

const directory = folder('readings');
const disk = statfsSync(output);
const reading = {
  at: new Date().toISOString(),
  run: process.env.TICKWORK_RUN_ID ?? null,
  attempt: Number(process.env.TICKWORK_ATTEMPT ?? 1),
  processorPercent: Number((loads.reduce((sum, load) => sum + load, 0) / loads.length).toFixed(1)),
  load1m: loadavg()[0] ?? null,
  memoryUsedBytes: totalmem() - freemem(),
  memoryTotalBytes: totalmem(),
  diskFreeBytes: disk.bavail * disk.bsize,
  temperatures: temperatures(),
};
appendFileSync(join(directory, `${reading.at.slice(0, 10)}.jsonl`), `${JSON.stringify(reading)}\n`);
// The last line, if it is JSON, is kept as the result of the run.
console.log(JSON.stringify(reading));

// Sums up the readings of the last 24 hours.
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { folder } from './place.mjs';

const since = new Date(Date.now() - 86_400_000).toISOString();
const directory = folder('readings');
const readings = readdirSync(directory)
  .filter((name) => name.endsWith('.jsonl'))
  .flatMap((name) => readFileSync(join(directory, name), 'utf8').split('\n'))
  .filter((line) => line !== '')
  .map((line) => JSON.parse(line))
  .filter(({ at }) => at >= since);
const loads = readings.map(({ processorPercent }) => processorPercent);
const report = {
  readings: loads.length,
  processorPercentMean:
    loads.length === 0 ? null : Number((loads.reduce((a, b) => a + b) / loads.length).toFixed(1)),
  processorPercentMax: loads.length === 0 ? null : Math.max(...loads),
};
const day = (process.env.TICKWORK_SCHEDULED_AT ?? new Date().toISOString()).slice(0, 10);
writeFileSync(join(folder('reports'), `${day}.json`), `${JSON.stringify(report, null, 2)}\n`);
console.log(JSON.stringify(report));

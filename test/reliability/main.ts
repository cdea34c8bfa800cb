// Writes RELIABILITY.md from the kept results: npm run reliability
//   test/chaos/results/*.json        made by `npm run chaos`
//   test/simulation/results/*.json   npm run sim -- --cluster-days 2000 --results <folder>

import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { ResultFile } from '../chaos/result-file.ts';
import { type Named, reliabilityPage, type SimulationResult } from './page.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

function read<Result>(folder: string): Named<Result>[] {
  const directory = join(root, folder);
  if (!existsSync(directory)) return [];
  const names = readdirSync(directory).filter((name) => name.endsWith('.json'));
  return names.sort().map((name) => ({
    name: name.replace(/\.json$/, ''),
    result: JSON.parse(readFileSync(join(directory, name), 'utf8')) as Result,
  }));
}

const chaos = read<ResultFile>('test/chaos/results');
const simulations = read<SimulationResult>('test/simulation/results');
writeFileSync(join(root, 'RELIABILITY.md'), reliabilityPage(chaos, simulations));
console.log(`RELIABILITY.md: ${chaos.length} chaos results, ${simulations.length} simulations`);

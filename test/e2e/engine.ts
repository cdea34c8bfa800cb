// One engine with a short lease: node engine.ts <directory>. It says "up" when it has started.
// The job `beat` is declared by all alike.

import { join } from 'node:path';
import { createScheduler } from 'tickwork';

const [directory = ''] = process.argv.slice(2);
const scheduler = await createScheduler({
  store: join(directory, '.tickwork', 'tickwork.db'),
  scripts: { roots: [directory] },
  timings: { leaseMs: 3000, renewEveryMs: 500, reapEveryMs: 300 },
});
await scheduler.job('beat', {
  manual: true,
  task: { script: 'scripts/beat.mjs' },
  input: { notes: join(directory, 'notes'), until: join(directory, 'go') },
  timeout: false,
  // Nothing may wait for so long.
  cancelGrace: process.env.GRACE ?? '1h',
});
await scheduler.start();
process.stdout.write('up\n');

import { chmodSync } from 'node:fs';
import { dirname } from 'node:path';
import { judge, settle, unexpectedErrors, type Verdict } from './judge.ts';
import { Site } from './site.ts';
import { linesOf } from './witness.ts';
import { jobs } from './workload.ts';

const LEASE_MS = 2_000;

/** A process is started on a file it may not write: it refuses loudly and spoils nothing. */
export async function readonlyEpisode(): Promise<Verdict> {
  const site = new Site({ machines: 1, leaseMs: LEASE_MS, jobs });
  const [machine] = site.machines;
  if (machine === undefined) throw new Error('a site has a machine');
  const folder = dirname(site.path);
  try {
    // Whoever has no rights must get as far as the file.
    chmodSync(site.directory, 0o755);
    await site.declareJobs();
    await site.startAndWait(machine);
    await site.until('runs have ended', () => linesOf(site.lines(), 'end').length >= 3);
    const fault = site.beginFault('crash', machine.name);
    await machine.terminate();
    chmodSync(site.path, 0o444);
    chmodSync(folder, 0o555);
    site.start(machine, { dropsRights: true });
    const status = await machine.exited();
    const codes = linesOf(site.lines(), 'error').map(({ code }) => code);
    if (status === 0 || !codes.includes('STORE_READ_ONLY')) {
      site.failures.push(`on a read-only file it ended with ${status} and told ${codes.join()}`);
    }
    chmodSync(folder, 0o755);
    chmodSync(site.path, 0o600);
    const freeAt = Date.now();
    await site.startAndWait(machine);
    fault.endAt = Date.now();
    const again = await site.until('runs start again', () =>
      linesOf(site.lines(), 'start').find(({ t }) => t > freeAt),
    );
    await settle(site);
    const endAt = Date.now();
    await site.terminate();
    site.failures.push(...unexpectedErrors(site.lines(), ['STORE_READ_ONLY']));
    const verdict = await judge(site, endAt);
    return { ...verdict, recoveryMs: [again.t - freeAt] };
  } finally {
    chmodSync(folder, 0o755);
    await site.remove();
  }
}

import { setTimeout as sleep } from 'node:timers/promises';
import type { SeededRandom } from '../../packages/tickwork/src/testing/seeded-random.ts';
import { drawFailpoint, type Failpoint } from './failpoint.ts';
import { holdsWriteLock } from './held-locks.ts';
import { judge, settle, unexpectedErrors, type Verdict } from './judge.ts';
import type { Machine } from './machine.ts';
import { Site } from './site.ts';
import { linesOf } from './witness.ts';
import { jobs, Requests } from './workload.ts';

export interface KillPlan {
  readonly kills: number;
  readonly stops: number;
  readonly machines: number;
  readonly leaseMs: number;
}

const CALM_MS_MIN = 100;
const CALM_MS_MAX = 2_000;
const DOWN_MS_MAX = 1_500;
/** A call that was waiting for the lock may still give up after it is free. */
const LATE_WORD_MS = 1_000;
/** How often the machine that started something last is the one. */
const AIM = 0.7;

/** Processes are killed and stopped at random moments while they work, and started again. */
export async function killEpisode(plan: KillPlan, random: SeededRandom): Promise<Verdict> {
  const site = new Site({ machines: plan.machines, leaseMs: plan.leaseMs, jobs });
  const requests = new Requests(site, random.fork('requests'));
  try {
    await site.declareJobs();
    for (const machine of site.machines) await site.startAndWait(machine, nextEnd(random));
    requests.start();
    for (const fault of drawFaults(plan, random)) {
      await sleep(random.int(CALM_MS_MIN, CALM_MS_MAX));
      const machine = random.chance(AIM) ? busiest(site) : random.pick(site.machines);
      if (fault === 'kill') await killAndStart(site, machine, random);
      else await stopAndGo(site, machine, random, plan.leaseMs);
    }
    await requests.stop();
    await settle(site);
    const endAt = Date.now();
    await site.terminate();
    const lines = site.lines().filter(({ t }) => !isLockedOut(site, t));
    site.failures.push(...unexpectedErrors(lines, []));
    return await judge(site, endAt);
  } finally {
    await requests.stop();
    await site.remove();
  }
}

function drawFaults(plan: KillPlan, random: SeededRandom): ('kill' | 'stop')[] {
  let kills = plan.kills;
  let stops = plan.stops;
  const faults: ('kill' | 'stop')[] = [];
  while (kills + stops > 0) {
    const kill = random.chance(kills / (kills + stops));
    if (kill) kills -= 1;
    else stops -= 1;
    faults.push(kill ? 'kill' : 'stop');
  }
  return faults;
}

function busiest(site: Site): Machine {
  const name = linesOf(site.lines(), 'start').at(-1)?.machine;
  const machine = site.machines.find((each) => each.name === name) ?? site.machines[0];
  if (machine === undefined) throw new Error('a site has a machine');
  return machine;
}

async function killAndStart(site: Site, machine: Machine, random: SeededRandom): Promise<void> {
  const { pid } = machine;
  const askedAt = Date.now();
  const failpoint = await machine.endAtFailpoint();
  if (failpoint !== null) site.failpoints[failpoint] = (site.failpoints[failpoint] ?? 0) + 1;
  // It was alive at its last word, and others may know of its end before this process does.
  const last = site.lines().findLast((line) => line.pid === pid)?.t ?? 0;
  const beginAt = failpoint === null ? Date.now() : Math.max(askedAt, last + 1);
  const fault = site.beginFault('crash', machine.name, beginAt);
  await machine.kill();
  await sleep(random.int(0, DOWN_MS_MAX));
  await site.startAndWait(machine, nextEnd(random));
  fault.endAt = Date.now();
}

/** Where the process ends next time: wherever it is then, or at a failpoint. */
function nextEnd(random: SeededRandom): { readonly failpoint: Failpoint | null } {
  return { failpoint: random.chance(0.5) ? drawFailpoint(random) : null };
}

/** SIGSTOP for half a lease to four leases. */
async function stopAndGo(
  site: Site,
  machine: Machine,
  random: SeededRandom,
  leaseMs: number,
): Promise<void> {
  const fault = site.beginFault('pause', machine.name);
  machine.stop();
  await sleep(Math.round(leaseMs * random.logUniform(0.5, 4)));
  const isLocked = holdsWriteLock(machine.pid, site.path);
  machine.go();
  fault.endAt = Date.now();
  if (isLocked) site.lockedOut.push({ fromAt: fault.beginAt, toAt: fault.endAt });
}

/** Others cannot write then, and give up after a while: that is all right, and told as an error. */
function isLockedOut(site: Site, t: number): boolean {
  return site.lockedOut.some(({ fromAt, toAt }) => t >= fromAt && t <= toAt + LATE_WORD_MS);
}

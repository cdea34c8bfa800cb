import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { setTimeout as sleep } from 'node:timers/promises';
import { judge, settle, unexpectedErrors, type Verdict } from './judge.ts';
import { Site } from './site.ts';
import { linesOf } from './witness.ts';
import { jobs } from './workload.ts';

const LEASE_MS = 2_000;
const FULL_MS = 2_500;
/** A store with room again works again within this. */
const RECOVERY_MS_MAX = 10_000;
const DISK_BYTES = 4 * 1024 * 1024;
const PAGES_MAX = 400;

/** How a disk of a limited size is made full and given room again. */
interface SmallDisk {
  readonly directory: string | null;
  readonly pagesMax: number | null;
  fill(site: Site): void;
  free(site: Site): void;
  remove(): void;
}

/** A file system of its own, if this user may mount one; `null` if not. */
function mountedDisk(): SmallDisk | null {
  const directory = mkdtempSync(join(tmpdir(), 'tickwork-disk-'));
  try {
    const options = ['-t', 'tmpfs', '-o', `size=${DISK_BYTES}`, 'tmpfs', directory];
    execFileSync('mount', options, { stdio: 'ignore' });
  } catch {
    rmSync(directory, { recursive: true });
    return null;
  }
  const ballast = join(directory, 'ballast');
  return {
    ...{ directory, pagesMax: null },
    fill: () => {
      for (let bytes = DISK_BYTES; bytes >= 4096; bytes /= 2) {
        for (;;) {
          try {
            writeFileSync(ballast, Buffer.alloc(bytes), { flag: 'a' });
          } catch {
            break;
          }
        }
      }
    },
    free: () => rmSync(ballast),
    remove: () => {
      execFileSync('umount', [directory]);
      rmSync(directory, { recursive: true });
    },
  };
}

/** A file that may not grow: needs no rights. */
function limitedFile(): SmallDisk {
  const open = (site: Site): DatabaseSync => {
    const raw = new DatabaseSync(site.path, { timeout: 10_000 });
    raw.exec(`PRAGMA max_page_count = ${PAGES_MAX}`);
    return raw;
  };
  return {
    ...{ directory: null, pagesMax: PAGES_MAX },
    fill: (site) => {
      const raw = open(site);
      raw.exec('CREATE TABLE ballast (bytes BLOB NOT NULL)');
      const insert = raw.prepare('INSERT INTO ballast VALUES (zeroblob(?))');
      for (let bytes = 256 * 1024; bytes >= 512; bytes /= 2) {
        for (;;) {
          try {
            insert.run(bytes);
          } catch {
            break;
          }
        }
      }
      raw.close();
    },
    free: (site) => {
      const raw = open(site);
      raw.exec('DROP TABLE ballast');
      raw.close();
    },
    remove: () => {},
  };
}

/** The disk becomes full while a process works, and has room again after a while. */
export async function diskEpisode(options: { readonly mounted: boolean }): Promise<Verdict> {
  const disk = (options.mounted ? mountedDisk() : null) ?? limitedFile();
  const site = new Site({
    ...{ machines: 1, leaseMs: LEASE_MS, jobs },
    ...(disk.directory === null ? {} : { storeDirectory: disk.directory }),
    ...(disk.pagesMax === null ? {} : { pagesMax: disk.pagesMax }),
  });
  try {
    await site.declareJobs();
    for (const machine of site.machines) await site.startAndWait(machine);
    await site.until('runs have ended', () => linesOf(site.lines(), 'end').length >= 3);
    const fault = site.beginFault('store-down', 'store');
    disk.fill(site);
    await site.until('the process tells that the disk is full', () =>
      linesOf(site.lines(), 'error').some(({ code }) => code === 'STORE_FULL'),
    );
    await sleep(FULL_MS);
    disk.free(site);
    const freeAt = Date.now();
    fault.endAt = freeAt;
    const again = await site.until('runs start again', () =>
      linesOf(site.lines(), 'start').find(({ t }) => t > freeAt),
    );
    if (again.t - freeAt > RECOVERY_MS_MAX) {
      site.failures.push(`it took ${again.t - freeAt} ms until runs started again`);
    }
    await settle(site);
    const endAt = Date.now();
    await site.terminate();
    site.failures.push(...unexpectedErrors(site.lines(), ['STORE_FULL']));
    const verdict = await judge(site, endAt);
    return { ...verdict, recoveryMs: [again.t - freeAt] };
  } finally {
    await site.remove();
    disk.remove();
  }
}

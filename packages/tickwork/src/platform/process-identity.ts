import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import type { NodeInfo } from '../core/model/node.ts';

/** What tells one process of one machine from every other, past and present. */
export type ProcessIdentity = Pick<NodeInfo, 'host' | 'pid' | 'bootId' | 'processStart'>;

/** How the system is asked; replaced in tests. */
export interface ProcessProbe {
  /** The text of a file, or `null` if it cannot be read. */
  readFile(path: string): string | null;
  /** Where a symbolic link points, or `null` if it cannot be read. */
  readLink(path: string): string | null;
  /** False only if the system is certain that no process has this id. */
  mayExist(pid: number): boolean;
}

export const systemProbe: ProcessProbe = Object.freeze({
  readFile: (path: string) => attempt(() => readFileSync(path, 'utf8')),
  readLink: (path: string) => attempt(() => readlinkSync(path)),
  mayExist(pid: number): boolean {
    try {
      process.kill(pid, 0);
      return true;
    } catch (error) {
      return (error as NodeJS.ErrnoException).code !== 'ESRCH';
    }
  },
});

/**
 * The identity of this process.
 *
 * `bootId` is `<machine id>/<boot id>` and `processStart` is
 * `<process id namespace>/<start time in clock ticks since boot>`, both from Linux; where
 * the system does not tell, they are `''`. The machine and the namespace belong to them
 * because hosts with one name and containers with the same process ids are common:
 * without them a living process could be taken for a dead one.
 * Source: proc(5), machine-id(5), pid_namespaces(7).
 */
export function readProcessIdentity(probe: ProcessProbe = systemProbe): ProcessIdentity {
  const boot = probe.readFile('/proc/sys/kernel/random/boot_id')?.trim() ?? '';
  const machine = probe.readFile('/etc/machine-id')?.trim() ?? '';
  const namespace = namespaceOf(probe.readLink('/proc/self/ns/pid'));
  const ticks = readStartTicks(probe, process.pid);
  const known = boot !== '' && namespace !== null && ticks !== null;
  return Object.freeze({
    host: hostname(),
    pid: process.pid,
    bootId: known ? `${machine}/${boot}` : '',
    processStart: known ? `${namespace}/${ticks}` : '',
  });
}

/** The start time of a process in clock ticks since boot, or `null` if there is none to read. */
export function readStartTicks(probe: ProcessProbe, pid: number): string | null {
  const ticks = readStat(probe, pid)?.[22 - 3];
  return ticks !== undefined && /^\d+$/.test(ticks) ? ticks : null;
}

/**
 * True if nothing of a process runs any more and only its parent has not asked for its exit
 * status yet (a zombie without other threads). Where process 1 adopts nobody, as in many
 * containers, such an entry stays for ever. Source: proc(5), fields 3 and 20.
 */
export function hasExited(probe: ProcessProbe, pid: number): boolean {
  const stat = readStat(probe, pid);
  const state = stat?.[0];
  return (state === 'Z' && Number(stat?.[20 - 3]) <= 1) || state === 'X';
}

/** The fields of `/proc/<pid>/stat` from the third on. */
export function readStat(probe: ProcessProbe, pid: number): readonly string[] | null {
  const text = probe.readFile(`/proc/${pid}/stat`);
  // Field 2 is the program's name in parentheses and may itself hold spaces and parentheses.
  return text === null ? null : text.slice(text.lastIndexOf(')') + 2).split(' ');
}

function namespaceOf(link: string | null): string | null {
  return /^pid:\[(\d+)\]$/.exec(link ?? '')?.[1] ?? null;
}

function attempt<Value>(read: () => Value): Value | null {
  try {
    return read();
  } catch {
    return null;
  }
}

import type { ChildProcess } from 'node:child_process';

export type StopSignal = 'SIGTERM' | 'SIGKILL';

const living = new Set<ProcessGroup>();

/** A child that leads a process group of its own, and everything that stems from it. */
export interface ProcessGroup {
  /** Signals the group and what has left it. Answers how many lived, see `count`. */
  signal(name: StopSignal): number;
  /**
   * How many processes that stem from the child live now, itself included. Where they are not
   * marked: 1 if the group has a member, else 0.
   */
  count(): number;
  /** True if the group may still have a member; the dead whose parent does not ask count too. */
  mayLive(): boolean;
  /** Stops watching over it. What lives goes on. */
  release(): void;
}

/**
 * Takes over a child that was spawned with `detached`. If this process exits in its own way
 * before `release`, all that stems from the child is killed. It outlives a SIGKILL of this
 * process; what outlives its engine, the next one ends, see `createLeftovers`.
 *
 * `signalMarked`: signals what carries the child's mark wherever it went (`setsid`), or with
 * `null` counts it. `null`: nothing is marked, and what leaves the group is not reached.
 */
export function holdProcessGroup(
  child: ChildProcess,
  signalMarked: ((signal: StopSignal | null) => number) | null,
): ProcessGroup {
  const group: ProcessGroup = {
    signal(name): number {
      const isAlive = signalGroup(child, name);
      return signalMarked === null ? Number(isAlive) : signalMarked(name);
    },
    count: () => (signalMarked === null ? Number(group.mayLive()) : signalMarked(null)),
    mayLive: () => signalGroup(child, 0),
    release(): void {
      living.delete(group);
      if (living.size === 0) process.off('exit', killAll);
    },
  };
  if (living.size === 0) process.on('exit', killAll);
  living.add(group);
  return group;
}

/** False if nobody was there to be signalled. */
function signalGroup(child: ChildProcess, signal: StopSignal | 0): boolean {
  if (child.pid === undefined) return false;
  try {
    // A negative id means the group. Its id stays taken as long as it has a member.
    if (process.platform === 'win32') return child.kill(signal);
    return process.kill(-child.pid, signal);
  } catch (error) {
    // Nobody is left (ESRCH), or only members that run as another user (EPERM).
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}

/** What a dying process forks meanwhile is found by a second look. */
function killAll(): void {
  for (const group of living) if (group.signal('SIGKILL') > 0) group.signal('SIGKILL');
}

import type { ChildProcess } from 'node:child_process';

const living = new Set<ProcessGroup>();

/** A child that leads a process group of its own, and everything it starts in that group. */
export interface ProcessGroup {
  /** Sends a signal to all members. No member left is no error. */
  kill(signal: 'SIGTERM' | 'SIGKILL'): void;
  /** Kills what is left and stops to watch over the group. */
  release(): void;
}

/**
 * Takes over a child that was spawned with `detached`. If this process exits in its own way
 * before `release`, the group is killed. It outlives a SIGKILL of this process, and members
 * that begin a session of their own leave the group: nothing portable prevents either. What
 * outlives its engine, the next one ends, see `Leftovers`.
 */
export function holdProcessGroup(child: ChildProcess): ProcessGroup {
  const group: ProcessGroup = {
    kill(signal): void {
      if (child.pid === undefined) return;
      try {
        // A negative id means the group. Its id stays taken as long as it has a member.
        if (process.platform === 'win32') child.kill(signal);
        else process.kill(-child.pid, signal);
      } catch {
        // Nobody is left (ESRCH), or only members that run as another user (EPERM).
      }
    },
    release(): void {
      group.kill('SIGKILL');
      living.delete(group);
      if (living.size === 0) process.off('exit', killAll);
    },
  };
  if (living.size === 0) process.on('exit', killAll);
  living.add(group);
  return group;
}

function killAll(): void {
  for (const group of living) group.kill('SIGKILL');
}

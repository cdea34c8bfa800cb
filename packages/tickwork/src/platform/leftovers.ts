import { readdirSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Node } from '../core/model/node.ts';
import type { Leftover } from '../core/ports/process-watch.ts';
import { type ProcessIdentity, readStat, systemProbe } from './process-identity.ts';

/** However long an attempt's own grace is: others wait for its run. */
const GRACE_MS_MAX = 10_000;
const GRACE_MS_DEFAULT = 5_000;
/** So long after SIGKILL a process may still be on its way out. */
const KILL_MS_MAX = 2_000;
const LOOK_EVERY_MS = 50;

/** One living process that carries the mark of an attempt. */
interface Marked extends Leftover {
  readonly pid: number;
  readonly group: number;
  readonly graceMs: number;
}

/** The mark under which an engine starts processes; `''` where the system tells too little. */
export function engineMark({ pid, processStart }: Pick<ProcessIdentity, 'pid' | 'processStart'>) {
  return processStart === '' ? '' : `${pid}/${processStart}`;
}

/**
 * Finds and ends processes by the environment they were started with, which their own
 * children inherit: TICKWORK_ENGINE (see `engineMark`), TICKWORK_RUN_ID and TICKWORK_FENCE.
 * Nothing has to be recorded, and no process id is ever believed that is not seen together
 * with its mark. Source: proc(5), `/proc/<pid>/environ` (readable for the same user only).
 *
 * `own`: this process; `inherited`: the mark in its own environment, `''` = none. What it is
 * itself a part of, it does not end.
 */
export function createLeftovers(own: ProcessIdentity, inherited: string) {
  function marksOf(nodes: readonly Node[]): ReadonlySet<string> {
    // Of an earlier boot nothing lives, but its ids and start times may have come again.
    const here = nodes.filter((node) => own.bootId !== '' && node.bootId === own.bootId);
    const marks = new Set(here.map(engineMark));
    for (const mark of ['', inherited, engineMark(own)]) marks.delete(mark);
    return marks;
  }

  function findLeftovers(nodes: readonly Node[]): readonly Leftover[] {
    const marks = marksOf(nodes);
    if (marks.size === 0) return [];
    const found = new Map<string, Leftover>();
    for (const { engine, runId, fence } of listMarked()) {
      if (marks.has(engine)) found.set(keyOf({ engine, runId, fence }), { engine, runId, fence });
    }
    return [...found.values()];
  }

  async function endLeftovers(leftovers: readonly Leftover[]): Promise<void> {
    const keys = new Set(leftovers.map(keyOf));
    const living = (): Marked[] => listMarked().filter((each) => keys.has(keyOf(each)));
    let left = living();
    const graceMs = Math.max(0, ...left.map((each) => each.graceMs));
    const killAt = performance.now() + graceMs;
    for (const each of left) signal(each, 'SIGTERM');
    while (left.length > 0 && performance.now() < killAt) {
      await sleep(LOOK_EVERY_MS);
      left = living();
    }
    const endAt = performance.now() + KILL_MS_MAX;
    while (left.length > 0 && performance.now() < endAt) {
      for (const each of left) signal(each, 'SIGKILL');
      await sleep(LOOK_EVERY_MS);
      left = living();
    }
  }

  return Object.freeze({ findLeftovers, endLeftovers });
}

function keyOf({ engine, runId, fence }: Leftover): string {
  return `${engine} ${fence} ${runId}`;
}

/** A script leads its group: with it, members go that have no mark of their own. */
function signal({ pid, group }: Marked, name: 'SIGTERM' | 'SIGKILL'): void {
  try {
    process.kill(pid === group ? -pid : pid, name);
  } catch {
    // It has ended (ESRCH), or runs as another user (EPERM).
  }
}

function listMarked(): Marked[] {
  return listPids().flatMap((pid) => markedOf(pid) ?? []);
}

function listPids(): number[] {
  try {
    return readdirSync('/proc').map(Number).filter(Number.isInteger);
  } catch {
    return [];
  }
}

function markedOf(pid: number): Marked | null {
  const text = pid === process.pid ? null : systemProbe.readFile(`/proc/${pid}/environ`);
  if (text?.includes('TICKWORK_ENGINE=') !== true) return null;
  const environment = new Map<string, string>();
  for (const entry of text.split('\0')) {
    const at = entry.indexOf('=');
    if (entry.startsWith('TICKWORK_')) environment.set(entry.slice(0, at), entry.slice(at + 1));
  }
  const fence = Number(environment.get('TICKWORK_FENCE'));
  const group = Number(readStat(systemProbe, pid)?.[5 - 3]);
  if (!Number.isInteger(group) || !Number.isInteger(fence)) return null;
  const grace = Number(environment.get('TICKWORK_CANCEL_GRACE_MS') ?? GRACE_MS_DEFAULT);
  return {
    ...{ pid, group, fence },
    engine: environment.get('TICKWORK_ENGINE') ?? '',
    runId: environment.get('TICKWORK_RUN_ID') ?? '',
    graceMs: grace >= 0 ? Math.min(grace, GRACE_MS_MAX) : GRACE_MS_DEFAULT,
  };
}

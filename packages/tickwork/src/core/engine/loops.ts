import type { Instant } from '../time/instant.ts';
import { Loop, type LoopParts } from './loop.ts';

export type LoopName =
  | 'membership'
  | 'planner'
  | 'dispatcher'
  | 'starter'
  | 'completer'
  | 'reports'
  | 'deadlines'
  | 'signals'
  | 'reaper'
  | 'pruner';

export type Loops = Readonly<Record<LoopName, Loop>>;

/** Answers when the next one is due; `null` = only when nudged. */
export type Pass = () => Promise<Instant | null>;

/** A store that is back must not wait long for the renewals that it missed. */
const RENEWAL_PAUSE_MS_MAX = 1_000;

/** The loops of an engine, one for each pass; `guard` stands around every pass. */
export function makeLoops(
  common: Omit<LoopParts, 'name' | 'pass'>,
  guard: (pass: Pass) => Promise<Instant | null>,
  passes: Readonly<Record<LoopName, Pass>>,
): Loops {
  const entries = Object.entries(passes).map(([name, pass]) => {
    const pause = name === 'membership' ? { errorPauseMsMax: RENEWAL_PAUSE_MS_MAX } : {};
    return [name, new Loop({ ...common, ...pause, name, pass: () => guard(pass) })] as const;
  });
  return Object.fromEntries(entries) as Loops;
}

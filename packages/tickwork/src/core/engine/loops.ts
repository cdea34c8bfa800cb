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

type Pass = () => Promise<Instant | null>;

/** The loops of an engine, one for each pass; `guard` stands around every pass. */
export function makeLoops(
  common: Omit<LoopParts, 'name' | 'pass'>,
  guard: (pass: Pass) => Promise<Instant | null>,
  passes: Readonly<Record<LoopName, Pass>>,
): Loops {
  const entries = Object.entries(passes).map(
    ([name, pass]) => [name, new Loop({ ...common, name, pass: () => guard(pass) })] as const,
  );
  return Object.fromEntries(entries) as Loops;
}

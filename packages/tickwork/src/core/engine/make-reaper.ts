import type { Aftermath } from '../completion/run-effects.ts';
import type { Handlers } from '../dispatcher/handlers.ts';
import type { Emitter } from '../events/emitter.ts';
import type { Clock } from '../ports/clock.ts';
import { Reaper } from '../recovery/reaper.ts';
import type { Definitions } from './definitions.ts';
import * as tell from './emit-events.ts';
import type { EngineParts } from './engine-parts.ts';

/** What the reaper needs of the engine that it is a stage of. */
export interface ReaperHost {
  readonly clock: Clock;
  readonly nodeId: () => string;
  readonly definitions: Definitions;
  readonly aftermath: Aftermath;
  readonly emitter: Emitter;
  readonly handlers: Handlers;
  /** There may be runs to claim. */
  readonly claimSoon: () => void;
}

/** Connects the reaper with the other stages: what it recovers is told and claimed at once. */
export function makeReaper(
  { store, processWatch, timings, logger }: EngineParts,
  host: ReaperHost,
): Reaper {
  const { clock, nodeId, definitions, aftermath, emitter, handlers, claimSoon } = host;
  return new Reaper({
    store,
    processWatch,
    clock,
    nodeId,
    leaseMs: timings.leaseMs,
    everyMs: timings.reapEveryMs,
    isNews: (handler) => handlers.isNews(handler, clock.now()),
    onUnhandled: (run) => tell.unhandled({ emitter, handlers, logger }, run),
    workOf: (runs) => definitions.workOf(runs),
    aftermathOf: (run, work, ended) => aftermath.of(run, work, ended),
    onNodesLost: (ids) => {
      for (const id of ids) emitter.emit('node.lost', { nodeId: id, self: false });
      claimSoon();
    },
    onRecovered: (run, completion) => {
      tell.finished(emitter, run, run.attempt, completion);
      aftermath.noteAccepted(run, completion);
      claimSoon();
    },
  });
}

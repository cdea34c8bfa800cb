import type { JobStatus } from '../model/job.ts';
import type { RunOrigin, RunReason } from '../model/run.ts';
import type { RunState } from '../model/run-state.ts';
import type { Instant } from '../time/instant.ts';

/**
 * The catalogue of events: facts that happened, in the past tense. What each carries is
 * in `EventPayloads`; `docs/reference/events.md` explains each, and a test keeps them equal.
 */
export const eventCatalogue = {
  'job.saved': 'A job was added or changed.',
  'job.status': 'A job was paused, resumed, disabled or enabled.',
  'job.removed': 'A job was removed.',
  'job.no-handler': 'A due run waits because this node has no handler for its task.',
  'run.planned': 'Instants of a job were planned.',
  'run.started': 'An attempt began.',
  'run.finished': 'An attempt ended: SUCCESS, FAILED, CANCELLED or RETRY.',
  'run.skipped': 'An instant was not run, with the reason.',
  'run.refused': 'A result came too late: another attempt owns the run.',
  'run.abandoned': 'A handler went on after its timeout and grace; its slot was freed.',
  'node.started': 'This node joined.',
  'node.stopped': 'This node left.',
  'node.lost': 'Another node was declared dead, or this one lost its lease.',
  'store.lost': 'The file of the store was deleted, moved or replaced; this engine has ended.',
  'clock.step': 'The clock jumped.',
  'loop.error': 'A loop of the engine met an error and tries again.',
  'loop.recovered': 'A loop of the engine works again after errors.',
} as const;

export type EventName = keyof typeof eventCatalogue;

interface RunFact {
  readonly runId: string;
  readonly jobName: string | null;
  readonly fireAt: Instant;
}

export interface EventPayloads {
  'job.saved': { readonly jobName: string; readonly revision: number };
  'job.status': {
    readonly jobName: string;
    readonly status: JobStatus;
    readonly reason: string | null;
  };
  'job.removed': { readonly jobName: string };
  'job.no-handler': { readonly handler: string; readonly jobName: string | null };
  'run.planned': { readonly jobName: string; readonly count: number };
  'run.started': RunFact & {
    readonly attempt: number;
    readonly fence: number;
    readonly handler: string;
    readonly origin: RunOrigin;
    /** Milliseconds after the instant at which it might start. */
    readonly latenessMs: number;
  };
  'run.finished': RunFact & {
    readonly attempt: number;
    readonly fence: number;
    readonly state: RunState;
    readonly reason: RunReason | null;
    readonly durationMs: number;
    readonly error: string | null;
    /** RETRY: when the next attempt may start. */
    readonly dueAt: Instant | null;
  };
  'run.skipped': RunFact & { readonly reason: RunReason; readonly count: number };
  'run.refused': RunFact & { readonly fence: number };
  'run.abandoned': RunFact & { readonly attempt: number };
  'node.started': { readonly nodeId: string };
  'node.stopped': { readonly nodeId: string };
  'node.lost': { readonly nodeId: string; readonly self: boolean };
  'store.lost': { readonly code: string; readonly message: string };
  'clock.step': { readonly stepMs: number };
  'loop.error': { readonly loop: string; readonly code: string; readonly message: string };
  'loop.recovered': { readonly loop: string; readonly errorCount: number };
}

export type TickworkEvent<Name extends EventName = EventName> = {
  [N in Name]: { readonly name: N; readonly at: Instant } & EventPayloads[N];
}[Name];

import type { Job } from '../model/job.ts';
import { skipWindowAt } from '../model/skip-window.ts';
import type { TriggerMemory } from '../model/trigger-memory.ts';
import { INSTANT_END, type Instant } from '../time/instant.ts';
import type { Trigger } from '../trigger/trigger.ts';
import type { SkipFate } from './skip-ranges.ts';
import { type Advance, walk } from './walk.ts';

/**
 * What stands before an instant of a job: nothing (`will-run`); a window that `skip` has set
 * (`skip-window`); a pause; the job is disabled; the wait after a failure (`backoff`); the
 * trigger's calendar, see `Trigger.excludes` (`calendar`).
 */
export type InstantMark =
  | 'will-run'
  | 'skip-window'
  | 'paused'
  | 'disabled'
  | 'backoff'
  | 'calendar';

/** What will become of an instant, as things stand. */
export interface Outlook {
  readonly mark: InstantMark;
  /** Why, in somebody's words; `null` = nobody said. */
  readonly reason: string | null;
  /** The last instant for which it holds, inclusive; `null` = no end is known. */
  readonly untilAt: Instant | null;
}

/** What operators and failures have set about a job. */
export type Standing = Pick<
  Job,
  'status' | 'statusReason' | 'pausedUntilAt' | 'skipWindows' | 'holdUntilAt'
>;

/** A job about which nothing was set. */
export const IN_FORCE: Standing = {
  status: 'active',
  statusReason: null,
  pausedUntilAt: null,
  skipWindows: [],
  holdUntilAt: null,
};

const WILL_RUN: Outlook = { mark: 'will-run', reason: null, untilAt: null };

/**
 * The one answer to "will it run?", for an instant of a trigger that is not decided yet. The
 * planner, forecast, explain, lint and every list of next instants ask it. `isExcluded` is what
 * the trigger says. What is decided only at the instant (overlap, limits) is not known here.
 */
export function outlookOf(standing: Standing, isExcluded: boolean, at: Instant): Outlook {
  const { status, statusReason: reason, pausedUntilAt, skipWindows, holdUntilAt } = standing;
  if (status === 'disabled') return { mark: 'disabled', reason, untilAt: null };
  if (status === 'paused' && (pausedUntilAt === null || at <= pausedUntilAt)) {
    return { mark: 'paused', reason, untilAt: pausedUntilAt };
  }
  const skipWindow = skipWindows.length === 0 ? null : skipWindowAt(skipWindows, at);
  if (skipWindow !== null)
    return { mark: 'skip-window', reason: skipWindow.reason, untilAt: skipWindow.toAt };
  if (isExcluded) return { mark: 'calendar', reason: null, untilAt: at };
  if (holdUntilAt !== null && at < holdUntilAt) {
    return { mark: 'backoff', reason: null, untilAt: holdUntilAt - 1 };
  }
  return WILL_RUN;
}

/** The row of an instant that is passed over when it is planned; `null` = it gets a run. */
export function plannedFate({ mark, reason: note }: Outlook): SkipFate | null {
  switch (mark) {
    case 'paused':
    case 'skip-window':
      return { reason: 'paused', intoRunId: null, note };
    case 'calendar':
      return { reason: 'calendar', intoRunId: null, note: null };
    case 'will-run':
    // Decided at the instant itself: the failure policy may have changed by then.
    case 'backoff':
    // Not in force: it is not planned at all.
    case 'disabled':
      return null;
    default:
      return mark satisfies never;
  }
}

/** The job as it will stand once it is resumed. */
export function resumed<S extends Standing>(standing: S): S {
  return { ...standing, status: 'active', statusReason: null, pausedUntilAt: null };
}

/** An instant to come. */
export interface Coming extends Outlook {
  readonly at: Instant;
}

const CHUNK = 64;

/**
 * The instants of a trigger later than `after`, ascending, each with its outlook, as the planner
 * will walk them. The caller ends it.
 */
export function* comingInstants(
  { trigger, advance }: { readonly trigger: Trigger; readonly advance: Advance },
  standing: Standing,
  from: { readonly after: Instant; readonly memory: TriggerMemory },
): Generator<Coming> {
  let place = from;
  for (let limit = 1; ; limit = CHUNK) {
    const { instants, excluded, memory, nextAt } = walk(trigger, advance, place, {
      until: INSTANT_END,
      limit,
    });
    for (const at of instants) yield { at, ...outlookOf(standing, excluded.has(at), at) };
    if (nextAt === null) return;
    place = { after: instants.at(-1) ?? place.after, memory };
  }
}

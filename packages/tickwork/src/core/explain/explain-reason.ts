import type { Policies } from '../model/policy.ts';
import type { RunReason } from '../model/run.ts';
import { formatDuration } from '../time/duration.ts';
import type { Instant } from '../time/instant.ts';
import { instantText } from '../trigger/words/instant-words.ts';
import { type ExplainStep, step } from './explanation.ts';

export interface ReasonFacts {
  readonly fireAt: Instant;
  readonly startAt: Instant;
  readonly decidedAt: Instant;
  readonly policies: Policies;
  /** Runs of the job that were active at the decision. */
  readonly activeRunIds: readonly string[];
  /** The run that stands for it, if any. */
  readonly intoRunId: string | null;
}

/** Why a policy decided against an instant, with what it was decided by. */
export function explainReason(reason: RunReason | null, facts: ReasonFacts): ExplainStep {
  const { fireAt, startAt, decidedAt, policies, activeRunIds, intoRunId } = facts;
  const { misfire, overlap } = policies;
  const lateMs = Math.max(0, decidedAt - startAt);
  const late = `It was decided at ${instantText(decidedAt)}, ${formatDuration(lateMs)} late`;
  const grace = formatDuration(misfire.graceMs);
  const given = { decidedAt, lateMs };
  switch (reason) {
    case 'misfire': {
      const tooOld = misfire.mode !== 'skip' && decidedAt - fireAt > misfire.ageMsMax;
      const why = tooOld
        ? `that is older than the ${formatDuration(misfire.ageMsMax)} within which missed ` +
          'instants are caught up'
        : `beyond the grace of ${grace}, and the misfire policy is skip`;
      return step('misfire', `${late}: ${why}.`, { ...given, ...misfire });
    }
    case 'coalesced': {
      const into = intoRunId === null ? 'a later instant' : `run ${intoRunId}`;
      const why = `with the misfire policy fire-once, ${into} stands for it`;
      return step('coalesced', `${late}: ${why}.`, { ...given, ...misfire, intoRunId });
    }
    case 'overlap': {
      const [run] = activeRunIds;
      const other = run === undefined ? 'another run of the job' : `run ${run}`;
      const words = `${other} was not finished when its instant came`;
      const facts = { ...given, mode: overlap.mode, activeRunIds };
      return step(
        'overlap',
        `${capital(words)}, and the overlap policy is ${overlap.mode}.`,
        facts,
      );
    }
    case 'limit': {
      const words =
        overlap.mode === 'queue-all'
          ? `${overlap.waitingMax} runs were waiting already, as many as the overlap policy allows`
          : `more instants were missed than the ${misfire.runsMax} that the misfire policy runs`;
      const limits = { waitingMax: overlap.waitingMax, runsMax: misfire.runsMax };
      return step('limit', `${capital(words)}.`, { ...given, ...limits });
    }
    case 'paused':
      return step('paused', 'The job was paused: its instants are kept as skipped.', given);
    case 'too-late': {
      const startWithinMs = policies.startWithinMs ?? 0;
      const words = `it must start within ${formatDuration(startWithinMs)}`;
      return step('too-late', `${late}: ${words}.`, { ...given, startWithinMs });
    }
    case 'check':
      return step('check', 'Its pre-check, onlyIf, said no.', given);
    case 'calendar': {
      const words =
        'A clock change moved it into hours that the calendar excludes, and the day has no ' +
        'others left.';
      return step('calendar', words, given);
    }
    case 'backoff': {
      const holdMs = policies.onFailure?.retryAfterMs ?? 0;
      const words = `A run had failed, after which the job waits for ${formatDuration(holdMs)}.`;
      return step('backoff', words, { ...given, holdMs });
    }
    case 'superseded':
      return step(
        'superseded',
        `Before it began, at ${instantText(decidedAt)}, the job was changed, disabled or removed.`,
        given,
      );
    default:
      return step(reason ?? 'unknown', `The reason is ${reason ?? 'not kept'}.`, given);
  }
}

function capital(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

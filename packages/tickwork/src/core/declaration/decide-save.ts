import { TickworkError } from '../base/errors.ts';
import { expectedOf, resumedMemory } from '../ledger/job-position.ts';
import type { Job, JobDefinition, JobSource, JobStatus } from '../model/job.ts';
import { freshMemory, type TriggerMemory } from '../model/trigger-memory.ts';
import type { JobPosition, JobWrite } from '../ports/job-store.ts';
import type { Instant } from '../time/instant.ts';
import { planFrom } from '../trigger/plan-from.ts';
import type { Trigger } from '../trigger/trigger.ts';
import {
  DISABLED_BY_DECLARATION,
  isOffByDeclaration,
  type StandingPause,
} from './standing-pause.ts';

/** A checked declaration. */
export interface Declared {
  readonly name: string;
  readonly definition: JobDefinition;
  readonly status: Exclude<JobStatus, 'paused'>;
  readonly source: JobSource;
  /** When it was read; what the trigger counts from unless it says otherwise. */
  readonly declaredAt: Instant;
  /** What the store keeps beside the definition. */
  readonly eventDriven: boolean;
  readonly rearmAfterMs: number | null;
}

export interface SaveFacts {
  /** The stored job, planned up to now; `null` if there is none. */
  readonly existing: Job | null;
  /** The pause that binds `existing` again once its declaration switches it on, `null` = none. */
  readonly standingPause: StandingPause | null;
  readonly trigger: Trigger;
  readonly zoneVersion: string;
  readonly now: Instant;
}

/**
 * What a declaration changes: `null` if nothing. A new definition counts from
 * max(now, cursor): instants up to there belong to the former one and keep their rows. The
 * trigger's memory (anchor, counts) stays as long as the trigger itself does.
 */
export function decideSave(declared: Declared, facts: SaveFacts): JobWrite | null {
  const { existing, now } = facts;
  if (existing !== null) checkOwner(existing, declared.source);
  const status = statusAfter(existing, declared, facts.standingPause);
  if (existing !== null && isUnchanged(existing, declared, status)) return null;
  const sameTrigger =
    existing !== null && same(existing.definition.trigger, declared.definition.trigger);
  const cursorAt =
    existing === null
      ? planFrom(declared.definition.trigger, now)
      : Math.max(existing.cursorAt, now);
  const memory = sameTrigger
    ? keptMemory(existing, now)
    : freshMemory(Math.max(declared.declaredAt, existing?.cursorAt ?? 0));
  const position = positionAt(facts, cursorAt, memory, status.status);
  const leaves =
    existing !== null && existing.status !== 'disabled' && status.status === 'disabled';
  return {
    name: declared.name,
    expected: existing === null ? null : expectedOf(existing),
    definition: declared.definition,
    source: declared.source,
    status: status.status,
    statusReason: status.reason,
    pausedUntilAt: status.pausedUntilAt,
    effectiveAt: Math.max(now, existing?.cursorAt ?? 0),
    position,
    eventDriven: declared.eventDriven,
    rearmAfterMs: declared.rearmAfterMs,
    supersede: leaves ? { reason: 'superseded' } : null,
    at: now,
  };
}

/** A job that is enabled again counts from now where it counts from the end of its runs. */
function keptMemory(existing: Job, now: Instant): TriggerMemory {
  return existing.status === 'disabled'
    ? resumedMemory(existing, existing.memory, now)
    : existing.memory;
}

/** Equal as JSON, whatever the order of keys. */
export function same(a: unknown, b: unknown): boolean {
  if (a === b) return true;
  if (typeof a !== 'object' || typeof b !== 'object' || a === null || b === null) return false;
  if (Array.isArray(a) !== Array.isArray(b)) return false;
  const left = a as Record<string, unknown>;
  const right = b as Record<string, unknown>;
  const keys = Object.keys(left);
  if (keys.length !== Object.keys(right).length) return false;
  return keys.every((key) => Object.hasOwn(right, key) && same(left[key], right[key]));
}

function positionAt(
  facts: SaveFacts,
  cursorAt: Instant,
  memory: TriggerMemory,
  status: JobStatus,
): JobPosition {
  const nextFireAt = status === 'disabled' ? null : facts.trigger.next(cursorAt, memory);
  return { cursorAt, nextFireAt, memory, zoneVersion: facts.zoneVersion };
}

interface StatusAfter {
  readonly status: JobStatus;
  readonly reason: string | null;
  readonly pausedUntilAt: Instant | null;
}

/**
 * A declaration says whether a job is in force. What a person set below that stays until a person
 * changes it: a job that was disabled by hand, and a pause, which outlives a stretch in which
 * the declaration switched the job off.
 */
function statusAfter(
  existing: Job | null,
  declared: Declared,
  pause: StandingPause | null,
): StatusAfter {
  const isOff = existing !== null && isOffByDeclaration(existing);
  if (existing?.status === 'disabled' && !isOff) return statusOf(existing);
  if (declared.status === 'disabled') {
    return { status: 'disabled', reason: DISABLED_BY_DECLARATION, pausedUntilAt: null };
  }
  if (existing?.status === 'paused') return statusOf(existing);
  if (isOff && pause !== null) return { status: 'paused', ...pause };
  return { status: 'active', reason: null, pausedUntilAt: null };
}

function statusOf({ status, statusReason, pausedUntilAt }: Job): StatusAfter {
  return { status, reason: statusReason, pausedUntilAt };
}

function isUnchanged(
  existing: Job,
  declared: Declared,
  status: { readonly status: JobStatus; readonly reason: string | null },
): boolean {
  return (
    same(existing.definition, declared.definition) &&
    existing.status === status.status &&
    existing.statusReason === status.reason
  );
}

function checkOwner(existing: Job, source: JobSource): void {
  if (same(existing.source, source)) return;
  const owner =
    existing.source.kind === 'file' ? `the file ${existing.source.id}` : existing.source.kind;
  throw new TickworkError('CONFLICT', {
    field: `job ${existing.name}`,
    reason: `belongs to ${owner}.`,
    remedy: 'Rename one of the two, or remove the stored job first.',
  });
}

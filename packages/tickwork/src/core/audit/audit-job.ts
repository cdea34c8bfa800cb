import { isTickworkError } from '../base/errors.ts';
import type { Job, JobDefinition } from '../model/job.ts';
import type { JobChange } from '../model/job-change.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import { leastKept } from '../retention/retained-groups.ts';
import type { DurationMs, Instant } from '../time/instant.ts';
import { triggerNeeds } from '../trigger/trigger-needs.ts';
import { instantText } from '../trigger/words/instant-words.ts';
import { auditStart } from './audit-window.ts';
import { compareLedger } from './compare-ledger.ts';
import { expectedInstants, type RevisionTrigger } from './expected-instants.ts';
import { type AuditFinding, Findings } from './finding.ts';
import { type InForce, stretchesInForce } from './in-force.ts';
import type { ReadLedger } from './read-ledger.ts';

export interface AuditFacts {
  readonly job: Job;
  readonly changes: readonly JobChange[];
  /** By revision; those that the changes name. */
  readonly definitions: ReadonlyMap<number, JobDefinition>;
  readonly ledger: ReadLedger;
  readonly sinceAt: Instant;
  readonly now: Instant;
  readonly aheadMs: DurationMs;
  readonly compile: (spec: TriggerSpec) => RevisionTrigger;
}

/** The plan of one job beside its ledger. */
export interface JobAudit {
  readonly jobName: string;
  /** The audited stretch: after `fromAt`, up to and including `untilAt`. */
  readonly fromAt: Instant;
  readonly untilAt: Instant;
  /** Instants of the plan; each should have one fate. */
  readonly expectedCount: number;
  readonly runCount: number;
  /** Instants in skipped stretches. */
  readonly skippedCount: number;
  /** Empty = every instant has exactly one fate. At most 1,000. */
  readonly findings: readonly AuditFinding[];
  /** Findings beyond that. */
  readonly droppedCount: number;
  /** What limits the audit, in English. */
  readonly notes: readonly string[];
}

/** Computes the plan of a job again and compares it with its ledger. Pure. */
export function auditJob(facts: AuditFacts): JobAudit {
  const { job } = facts;
  const stretches = stretchesInForce(facts.changes);
  const counted = stretches.filter((stretch) => countsFromEnd(facts, stretch)).at(-1);
  const start = auditStart({ ...facts, ...facts.ledger, retentionMs: shortestRetention(facts) });
  const untilAt = Math.max(job.cursorAt, start);
  const fromAt = counted === undefined ? start : Math.max(start, counted.untilAt ?? untilAt);
  const window = { fromAt, untilAt };
  const rows = facts.ledger.rows.filter((row) => row.fireAt > fromAt && row.fireAt <= untilAt);
  const ranges = facts.ledger.ranges.filter((range) => range.toAt > fromAt);
  const frame = { jobName: job.name, ...window, notes: notesOf(facts, fromAt, counted) };
  try {
    const plan = expectedInstants(stretches, (revision) => triggerOf(facts, revision), window);
    return { ...frame, ...compareLedger(plan, { rows, ranges, ...window }) };
  } catch (error) {
    if (!isTickworkError(error)) throw error;
    const found = new Findings();
    found.add('broken', fromAt, [], error.message);
    return { ...frame, expectedCount: 0, runCount: rows.length, skippedCount: 0, ...found.end() };
  }
}

function triggerOf(facts: AuditFacts, revision: number): RevisionTrigger {
  const definition = facts.definitions.get(revision) ?? facts.job.definition;
  return facts.compile(definition.trigger);
}

function countsFromEnd(facts: AuditFacts, { revision }: InForce): boolean {
  const definition = facts.definitions.get(revision);
  return definition !== undefined && triggerNeeds(definition.trigger).countsFromEnd;
}

function shortestRetention({ definitions, job }: AuditFacts): DurationMs {
  const all = [...definitions.values(), job.definition];
  return Math.min(...all.map(({ policies }) => leastKept(policies.retention).ageMs));
}

/** The beginning of the job, if that is kept: before it there is nothing to audit. */
function knownFrom({ job, changes }: AuditFacts): Instant {
  const first = changes[0];
  return first?.at === job.createdAt ? first.cursorAt : 0;
}

function notesOf(facts: AuditFacts, fromAt: Instant, counted: InForce | undefined): string[] {
  const { job, sinceAt, now } = facts;
  const notes: string[] = [];
  if (counted !== undefined) {
    notes.push('It counts from the ends of its runs: no plan can be computed for that time.');
  } else if (fromAt > Math.max(sinceAt, knownFrom(facts))) {
    notes.push(`Audited from ${instantText(fromAt)} on: nothing older is kept.`);
  }
  if ([...facts.definitions.values()].some((each) => triggerNeeds(each.trigger).calendars.length)) {
    notes.push(
      'Its calendar is taken as it is now; if that was edited, older instants may differ.',
    );
  }
  const waits = job.status !== 'disabled' && job.nextFireAt !== null && job.nextFireAt <= now;
  if (waits) {
    notes.push(
      `Instants from ${instantText(job.nextFireAt ?? now)} on are not decided yet: ` +
        'no scheduler runs, or it is behind.',
    );
  }
  return notes;
}

import { assert } from '../../core/base/errors.ts';
import { RecentMap } from '../../core/base/recent-map.ts';
import type { Job, JobDefinition, JobState } from '../../core/model/job.ts';
import { RevisionTable } from '../../core/model/revision-table.ts';
import type { Run } from '../../core/model/run.ts';
import type { TriggerMemory } from '../../core/model/trigger-memory.ts';
import type { Instant } from '../../core/time/instant.ts';
import { boundedClock } from '../../core/time/kept-clock.ts';
import {
  type FullJobRow,
  type JobRow,
  type JobStateRow,
  type JobTexts,
  jobFromRow,
  jobStateFromRow,
  type NamedJobRow,
} from '../sql/job-row.ts';
import { type RunRow, runFromRow, type Work } from '../sql/run-row.ts';
import { storedText } from '../sql/stored-text.ts';
import type { Database } from './database.ts';
import { JobCounts } from './job-counts.ts';
import { keepClock, readKeptClock } from './keep-clock.ts';
import { SharedDefinitions } from './shared-definitions.ts';
import { Starts } from './starts.ts';

/** The kept clock lags by at most this, so that not every transaction writes it. */
const CLOCK_KEPT_EVERY_MS = 1000;
const DEFINITIONS_MAX = 5000;
const MEMORIES_MAX = 2000;
const NAMES_MAX = 50_000;
const GROUPS_MAX = 10_000;

/**
 * What the parts of the store share: the connection, what never changes once it is
 * written (names and definitions), and what a transaction gathers until its end.
 */
export class Session {
  readonly database: Database;
  readonly counts: JobCounts;
  readonly sharedDefinitions: SharedDefinitions;
  readonly starts = new Starts();
  readonly #now: () => Instant;
  readonly #definitions = new RevisionTable<JobDefinition>(DEFINITIONS_MAX);
  readonly #definitionOfText = new RecentMap<string, JobDefinition>(DEFINITIONS_MAX);
  readonly #memoryOfText = new RecentMap<string, TriggerMemory>(MEMORIES_MAX);
  readonly #names = new RecentMap<number, string>(NAMES_MAX);
  #jobsChanged = false;
  #clockAt: Instant = 0;
  #clockKeptAt: Instant = 0;
  /** Grows with every transaction of this connection that changed something. */
  change = 0;
  /** By group of finished runs: none of the group has this `seq` or a smaller one. */
  readonly prunedSeqs = new RecentMap<string, number>(GROUPS_MAX);
  #dataVersion = -1;

  constructor(database: Database, now: () => Instant) {
    this.database = database;
    this.counts = new JobCounts(database);
    this.sharedDefinitions = new SharedDefinitions(database);
    this.#now = now;
  }

  /** Lets `jobsVersion` grow with this transaction. */
  noteJobs(): void {
    this.#jobsChanged = true;
  }

  begin(): void {
    this.#jobsChanged = false;
    this.counts.clear();
    this.sharedDefinitions.begin();
  }

  end(changed: boolean): void {
    this.counts.flush();
    if (this.#jobsChanged) {
      this.database.run("UPDATE tickwork_meta SET value = value + 1 WHERE name = 'jobs_version'");
    }
    if (changed) this.#keepClock();
  }

  committed(changed: boolean): void {
    this.sharedDefinitions.committed();
    if (changed) this.change++;
  }

  /** Notices what other connections have written. */
  noteOthers(): void {
    const version =
      this.database.get<{ data_version: number }>('PRAGMA data_version')?.data_version ?? 0;
    if (version === this.#dataVersion) return;
    this.#dataVersion = version;
    this.change++;
  }

  jobsVersion(): number {
    return this.#meta('jobs_version');
  }

  /** The process clock, never below what this or another process has kept: `boundedClock`. */
  clockAt(): Instant {
    this.#clockAt = boundedClock(
      this.#now(),
      Math.max(this.#clockAt, readKeptClock(this.database)),
    );
    return this.#clockAt;
  }

  jobOf(row: JobRow): Job {
    return jobFromRow(row, this.#textsOf(row));
  }

  jobStateOf(row: JobStateRow): JobState {
    return jobStateFromRow(row, this.#textsOf(row));
  }

  #textsOf(row: JobRow | JobStateRow): JobTexts {
    const definition = this.definition(row[0], row[2]);
    assert(definition !== null, 'Every revision of a job has its definition.');
    return { definition, memory: this.#memoryOf(row[12]) };
  }

  fullJobOf(row: FullJobRow | NamedJobRow): Job {
    const definition = this.#parsed(row[27]);
    return jobFromRow(row, { definition, memory: this.#memoryOf(row[12]) });
  }

  runOf(row: RunRow): Run {
    const jobName = row.job_id === null ? null : this.#nameOf(row.job_id);
    return runFromRow(row, jobName, this.workOf(row.work_id));
  }

  /** What runs share under an id; `null` = these runs carry all of it themselves. */
  workOf(workId: number | null): Work | null {
    if (workId === null) return null;
    const work = this.sharedDefinitions.workOf(workId);
    assert(work !== null, 'A work stays as long as runs name it.');
    return work;
  }

  definition(jobId: number, revision: number): JobDefinition | null {
    const known = this.#definitions.get(jobId, revision);
    if (known !== undefined) return known;
    const row = this.database.get<{ definition: string }>(
      'SELECT definition FROM tickwork_job_revisions WHERE job_id = ? AND revision = ?',
      jobId,
      revision,
    );
    return row === undefined ? null : this.keepDefinition(jobId, revision, row.definition);
  }

  /** The definition of a revision, if it is in memory. */
  knownDefinition(jobId: number, revision: number): JobDefinition | undefined {
    return this.#definitions.get(jobId, revision);
  }

  /** Keeps in memory what was read of a revision. */
  keepDefinition(jobId: number, revision: number, text: string): JobDefinition {
    const definition = this.#parsed(text);
    this.#definitions.set(jobId, revision, definition);
    return definition;
  }

  /** Jobs that differ in nothing but their name share one: finding it costs less than parsing. */
  #parsed(text: string): JobDefinition {
    const known = this.#definitionOfText.get(text);
    if (known !== undefined) return known;
    const definition = storedText.definition(text);
    this.#definitionOfText.set(text, definition);
    return definition;
  }

  /** Jobs that are due together and were made together stand at the same point. */
  #memoryOf(text: string): TriggerMemory {
    const known = this.#memoryOfText.get(text);
    if (known !== undefined) return known;
    const memory = storedText.memory(text);
    this.#memoryOfText.set(text, memory);
    return memory;
  }

  /** Its definitions and its name are gone. */
  forgetJob(jobId: number): void {
    this.#names.delete(jobId);
    this.#definitions.delete(jobId);
  }

  /** Names of jobs never change, and those of deleted ones are kept for their history. */
  #nameOf(jobId: number): string | null {
    const known = this.#names.get(jobId);
    if (known !== undefined) return known;
    const row = this.database.get<{ name: string }>(
      `SELECT name FROM tickwork_jobs WHERE id = ?1
      UNION ALL SELECT name FROM tickwork_deleted_jobs WHERE id = ?1`,
      jobId,
    );
    if (row !== undefined) this.#names.set(jobId, row.name);
    return row?.name ?? null;
  }

  #meta(name: string): number {
    const row = this.database.get<{ value: number }>(
      'SELECT value FROM tickwork_meta WHERE name = ?',
      name,
    );
    return row?.value ?? 0;
  }

  #keepClock(): void {
    const at = boundedClock(this.#now(), this.#clockAt);
    if (Math.abs(at - this.#clockKeptAt) < CLOCK_KEPT_EVERY_MS) return;
    this.#clockAt = at;
    this.#clockKeptAt = at;
    keepClock(this.database, at);
  }
}

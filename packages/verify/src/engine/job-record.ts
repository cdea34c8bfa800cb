import type { JobDefinition } from '../../../tickwork/src/core/model/job.ts';
import type { TriggerMemory } from '../../../tickwork/src/core/model/trigger-memory.ts';
import type { JobWrite, PlanWrite } from '../../../tickwork/src/core/ports/job-store.ts';
import type { Store } from '../../../tickwork/src/core/ports/store.ts';
import type { Instant } from '../../../tickwork/src/core/time/instant.ts';

/** A stretch of time in which one definition of a job was in force, paused or not. */
export interface InForce {
  readonly definition: JobDefinition;
  readonly memory: TriggerMemory;
  /** Exclusive. */
  readonly afterAt: Instant;
  /** Inclusive; `null` = still in force. */
  untilAt: Instant | null;
}

export interface JobRecord {
  readonly name: string;
  jobId: number | null;
  revision: number;
  definition: JobDefinition;
  readonly spans: InForce[];
}

/**
 * Writes down, from the writes that a store has taken, when which definition of which job
 * was in force: what the ledger of instants is compared with.
 */
export class JobRecorder {
  readonly records: JobRecord[] = [];

  /** The same store; its accepted writes are recorded. */
  watch(inner: Store): Store {
    const recorder = this;
    return {
      ...inner,
      async saveJobs(writes) {
        const outcomes = await inner.saveJobs(writes);
        for (const [i, write] of writes.entries()) {
          if (outcomes[i] !== 'written') continue;
          const [job] = await inner.findJobs([write.name]);
          recorder.#saved(write, job?.id ?? null);
        }
        return outcomes;
      },
      async planDue(writes) {
        const outcomes = await inner.planDue(writes);
        for (const [i, write] of writes.entries()) {
          if (outcomes[i] === 'written') recorder.#planned(write);
        }
        return outcomes;
      },
      async deleteJobs(jobIds, at) {
        for (const id of jobIds) {
          const record = recorder.#byId(id);
          const [job] = await inner.findJobs([record?.name ?? '']);
          recorder.#close(record, Math.max(at, job?.id === id ? job.cursorAt : at));
        }
        return await inner.deleteJobs(jobIds, at);
      },
    };
  }

  #saved(write: JobWrite, jobId: number | null): void {
    const revision = (write.expected?.revision ?? 0) + 1;
    let record = this.#byId(jobId);
    if (record !== undefined && record.revision >= revision) return;
    const { name, definition } = write;
    if (record === undefined) {
      record = { name, jobId, revision, definition, spans: [] };
      this.records.push(record);
    }
    this.#close(record, write.effectiveAt);
    record.revision = revision;
    record.definition = definition;
    if (write.status !== 'disabled') open(record, write.position);
  }

  #planned(write: PlanWrite): void {
    const record = this.#byId(write.expected.jobId);
    if (record === undefined || write.status === undefined) return;
    if (write.status.status === 'disabled') {
      this.#close(record, Math.max(write.at, write.expected.cursorAt));
    } else if (record.spans.at(-1)?.untilAt !== null) open(record, write.position);
  }

  #close(record: JobRecord | undefined, at: Instant): void {
    const last = record?.spans.at(-1);
    if (last !== undefined && last.untilAt === null) last.untilAt = at;
  }

  #byId(jobId: number | null): JobRecord | undefined {
    return this.records.find((record) => record.jobId === jobId);
  }
}

function open(record: JobRecord, position: JobWrite['position']): void {
  const { cursorAt, memory } = position;
  record.spans.push({ definition: record.definition, memory, afterAt: cursorAt, untilAt: null });
}

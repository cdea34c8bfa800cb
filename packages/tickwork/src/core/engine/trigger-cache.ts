import { RecentMap } from '../base/recent-map.ts';
import { calendarSource } from '../calendar/calendar-source.ts';
import type { CalendarSpec } from '../calendar/calendar-spec.ts';
import type { JobState } from '../model/job.ts';
import type { TriggerMemory } from '../model/trigger-memory.ts';
import type { TriggerSpec } from '../model/trigger-spec.ts';
import type { PlanFacts } from '../planner/plan-job.ts';
import type { JobStore } from '../ports/job-store.ts';
import type { Instant } from '../time/instant.ts';
import type { ZoneTable } from '../time/zone-table.ts';
import { advanceMemory } from '../trigger/advance-memory.ts';
import { type CompileEnv, compileTrigger } from '../trigger/compile-trigger.ts';
import { dependsOnName } from '../trigger/depends-on-name.ts';
import { startAtOf } from '../trigger/start-at.ts';
import type { Trigger } from '../trigger/trigger.ts';

const TRIGGERS_MAX = 20_000;

type TriggerFacts = Pick<PlanFacts, 'trigger' | 'advance' | 'startAtOf' | 'zoneVersion'>;

/**
 * Compiled triggers of jobs, with the calendars they use: one for all jobs that share a stored
 * form, where their names do not matter, else by revision. `refresh` reads the calendars
 * again; the triggers compiled from the old ones are dropped then.
 */
export class TriggerCache {
  readonly #store: Pick<JobStore, 'listCalendars'>;
  readonly #zones: ZoneTable;
  #shared = new WeakMap<TriggerSpec, TriggerFacts>();
  readonly #compiled = new RecentMap<string, Trigger>(TRIGGERS_MAX);
  #calendars: CompileEnv['calendars'] = calendarSource({});

  constructor(store: Pick<JobStore, 'listCalendars'>, zones: ZoneTable) {
    this.#store = store;
    this.#zones = zones;
  }

  async refresh(): Promise<void> {
    const stored = await this.#store.listCalendars();
    const specs: Record<string, CalendarSpec> = {};
    for (const each of stored) specs[each.name] = each.definition as unknown as CalendarSpec;
    this.#calendars = calendarSource(specs);
    this.#shared = new WeakMap();
    this.#compiled.clear();
  }

  /** The version of the zone rules in use. */
  get zoneVersion(): string {
    return this.#zones.version;
  }

  envOf(jobName: string): CompileEnv {
    return { zones: this.#zones, calendars: this.#calendars, jobName };
  }

  compile(spec: TriggerSpec, jobName: string): Trigger {
    return compileTrigger(spec, this.envOf(jobName));
  }

  /** What planning needs of a job's trigger. Throws if its zone or calendar is gone. */
  factsOf(job: JobState): TriggerFacts {
    const spec = job.definition.trigger;
    const shared = this.#shared.get(spec);
    if (shared !== undefined) return shared;
    const trigger = this.#triggerOf(job);
    const facts = {
      trigger,
      advance: (memory: TriggerMemory, fireAt: Instant) => advanceMemory(trigger, memory, fireAt),
      startAtOf: (fireAt: Instant) => startAtOf(spec, job.name, fireAt),
      zoneVersion: this.#zones.version,
    };
    if (!dependsOnName(spec)) this.#shared.set(spec, facts);
    return facts;
  }

  #triggerOf(job: JobState): Trigger {
    const key = `${job.id}:${job.revision}`;
    const known = this.#compiled.get(key);
    if (known !== undefined) return known;
    const trigger = this.compile(job.definition.trigger, job.name);
    this.#compiled.set(key, trigger);
    return trigger;
  }
}

import type { AfterSpec, StartupSpec, TriggerSpec } from '../model/trigger-spec.ts';

/** What a trigger needs from outside, its members' needs included. */
export interface TriggerNeeds {
  /** The jobs whose ends fire it. */
  readonly afterJobs: readonly { readonly job: string; readonly on: AfterSpec['on'] }[];
  /** Whether starts fire it; `node` where members want both. */
  readonly startup: StartupSpec['scope'] | null;
  /** True if it counts from the end of the last run. */
  readonly countsFromEnd: boolean;
  /** Names of calendars, each once. */
  readonly calendars: readonly string[];
  /** Names of zones, each once. */
  readonly zones: readonly string[];
}

/** See `TriggerNeeds`. Lists are in the order in which the trigger names things. */
export function triggerNeeds(spec: TriggerSpec): TriggerNeeds {
  const parts = spec.kind === 'any' ? [spec, ...spec.of] : [spec];
  const scopes = parts.flatMap((part) => (part.kind === 'startup' ? [part.scope] : []));
  const afterJobs = parts.flatMap((part) =>
    part.kind === 'after' ? part.jobs.map((job) => ({ job, on: part.on })) : [],
  );
  return {
    afterJobs: [...new Map(afterJobs.map((need) => [`${need.on}|${need.job}`, need])).values()],
    startup: scopes.includes('node') ? 'node' : (scopes[0] ?? null),
    countsFromEnd: parts.some((part) => part.kind === 'fixed-delay'),
    calendars: distinct(parts.map((part) => part.calendar)),
    zones: distinct(
      parts.flatMap((part) => ['zone' in part ? part.zone : undefined, part.calendarZone]),
    ),
  };
}

function distinct(names: readonly (string | undefined)[]): readonly string[] {
  return [...new Set(names.filter((name) => name !== undefined))];
}

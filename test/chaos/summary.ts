import type { EpisodeRecord } from './plan.ts';
import { type Quantiles, quantiles } from './quantiles.ts';

/** What a number of episodes came to. */
export interface Summary {
  readonly episodes: number;
  readonly notRun: Readonly<Record<string, number>>;
  readonly kills: number;
  readonly stops: number;
  readonly clockSteps: number;
  readonly diskFull: number;
  readonly readOnly: number;
  readonly starts: number;
  readonly due: number;
  readonly audited: number;
  readonly requests: number;
  readonly takeovers: number;
  readonly refusedResults: number;
  readonly fencedOverlaps: number;
  readonly late: number;
  readonly failedEpisodes: number;
  readonly failures: readonly string[];
  /** From the end of a process to the next attempt, by machines and lease. */
  readonly recoveryMs: Readonly<Record<string, Quantiles>>;
  /** Kills that hit a chosen place, by failpoint. */
  readonly failpoints: Readonly<Record<string, number>>;
  readonly durationMs: number;
}

const FAILURES_MAX = 20;

export function summarise(all: readonly EpisodeRecord[]): Summary {
  const run = all.filter(({ notRun }) => notRun === null);
  const sum = (of: (record: EpisodeRecord) => number): number =>
    run.reduce((total, record) => total + of(record), 0);
  const of = (kind: string): number => run.filter(({ plan }) => plan.kind === kind).length;
  return {
    episodes: run.length,
    notRun: countBy(all.flatMap(({ notRun }) => (notRun === null ? [] : [notRun]))),
    kills: sum(({ plan }) => plan.kills),
    stops: sum(({ plan }) => plan.stops),
    clockSteps: sum(({ plan }) => plan.steps),
    diskFull: of('disk'),
    readOnly: of('readonly'),
    starts: sum(({ verdict }) => verdict?.startCount ?? 0),
    due: sum(({ verdict }) => verdict?.dueCount ?? 0),
    audited: sum(({ verdict }) => verdict?.auditedCount ?? 0),
    requests: sum(({ verdict }) => verdict?.requestCount ?? 0),
    takeovers: sum(({ verdict }) => verdict?.takeoverCount ?? 0),
    refusedResults: sum(({ verdict }) => verdict?.refusedCount ?? 0),
    fencedOverlaps: sum(({ verdict }) => verdict?.fencedOverlapCount ?? 0),
    late: sum(({ verdict }) => verdict?.lateCount ?? 0),
    failedEpisodes: run.filter(({ failures }) => failures.length > 0).length,
    failures: run
      .flatMap(({ plan, failures }) => failures.map((each) => `${plan.kind} ${plan.seed}: ${each}`))
      .slice(0, FAILURES_MAX),
    recoveryMs: recoveries(run),
    failpoints: failpointsOf(run),
    durationMs: sum(({ durationMs }) => durationMs),
  };
}

function recoveries(run: readonly EpisodeRecord[]): Record<string, Quantiles> {
  const values: Record<string, number[]> = {};
  const add = (name: string, more: readonly number[]): void => {
    if (more.length > 0) values[name] = [...(values[name] ?? []), ...more];
  };
  for (const { plan, verdict } of run) {
    if (verdict === null) continue;
    const processes = plan.machines === 1 ? 'one process' : 'two processes';
    if (plan.kind === 'kills') {
      add(`SIGKILL, ${processes}, lease ${plan.leaseMs / 1000} s`, verdict.recoveryMs);
      add(`SIGSTOP, ${processes}, lease ${plan.leaseMs / 1000} s`, verdict.stopRecoveryMs);
    }
    if (plan.kind === 'disk') add('disk full, from room again', verdict.recoveryMs);
    if (plan.kind === 'readonly') add('file read-only, from writable again', verdict.recoveryMs);
  }
  const entries = Object.entries(values).map(([name, all]) => [name, quantiles(all)] as const);
  return Object.fromEntries(entries.sort(([a], [b]) => a.localeCompare(b)));
}

function failpointsOf(run: readonly EpisodeRecord[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { verdict } of run) {
    for (const [name, count] of Object.entries(verdict?.failpoints ?? {})) {
      counts[name] = (counts[name] ?? 0) + count;
    }
  }
  return Object.fromEntries(Object.entries(counts).sort(([a], [b]) => a.localeCompare(b)));
}

function countBy(names: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const name of names) counts[name] = (counts[name] ?? 0) + 1;
  return counts;
}

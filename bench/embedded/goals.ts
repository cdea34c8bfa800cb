import type { Goal } from '../benchmark.ts';

const counts = ['Missed', 'Doubled', 'Early', 'AuditFindings', 'LoopErrors'];

/** No instant may be lost, doubled or early, whatever the load. */
function exact(name: string): Record<string, Goal> {
  return Object.fromEntries(counts.map((count) => [`${name}${count}`, { atMost: 0 }]));
}

/** What the embedded engine is meant to reach, by the name of a figure or ratio. */
export const embeddedGoals: Readonly<Record<string, Goal>> = {
  drainToRaw: { atLeast: 0.6 },
  engineDrainPerSecond: { atLeast: 120_000 },
  drainAuditFindings: { atMost: 0 },
  registrationToRaw: { atLeast: 0.6 },
  storeRegistrationToRaw: { atLeast: 0.6 },
  idleRssMb: { below: 150 },
  idleCpuPercent: { below: 1 },
  immediateOverFdatasyncMs: { below: 0.5 },
  spread10000LateP50Ms: { below: 2 },
  spread10000LateP99Ms: { below: 10 },
  spread100000LateP99Ms: { below: 20 },
  spread1000000LateP99Ms: { below: 50 },
  burst10000LateP99Ms: { below: 50 },
  burst100000LateP99Ms: { below: 1000 },
  ...exact('spread10000'),
  ...exact('spread100000'),
  ...exact('spread1000000'),
  ...exact('burst10000'),
  ...exact('burst100000'),
};

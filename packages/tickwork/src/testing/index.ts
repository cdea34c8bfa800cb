export { type AmbientTrap, ambientTrap } from './ambient-trap.ts';
export { type CheckResult, checkHistory } from './checker/check-history.ts';
export { type Quantiles, quantilesOf } from './checker/quantiles.ts';
export { type VerdictName, type Violation, verdictNames } from './checker/violation.ts';
export type { HistoryEvent, HistoryFact, HistoryLimits } from './history/history.ts';
export { formatHistory, HistoryWriter } from './history/history-writer.ts';
export { readHistory } from './history/read-history.ts';
export {
  createTestScheduler,
  type TestScheduler,
  type TestSchedulerOptions,
} from './manual-scheduler.ts';
export {
  type AttemptScript,
  ScriptedTasks,
  type ScriptedTasksOptions,
  type ScriptedWitness,
} from './scripted-task.ts';
export { SeededIds, SeededRandom } from './seeded-random.ts';
export { SimulatedClock } from './simulated-clock.ts';
export { type SimulatedEvent, SimulatedTime } from './simulated-time.ts';
export { SimulatedTimers, type SimulatedTimersOptions } from './simulated-timers.ts';

export { type AmbientTrap, ambientTrap } from './ambient-trap.ts';
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

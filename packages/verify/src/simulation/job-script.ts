import type { Json } from '../../../tickwork/src/core/base/json.ts';
import type { AttemptContext } from '../../../tickwork/src/core/ports/task-kind.ts';
import type { AttemptScript } from '../../../tickwork/src/testing/scripted-task.ts';
import { SeededRandom } from '../../../tickwork/src/testing/seeded-random.ts';

/** What a simulated job's input says of its attempts; absent parts have these defaults. */
export interface ScriptInput {
  readonly durationMsMin: number;
  readonly durationMsMax: number;
  readonly failChance: number;
  /** The chance of working far beyond any timeout. */
  readonly hangChance: number;
  readonly stopMsMax: number;
  /** The chance that a pre-check says no; absent: 0. */
  readonly noChance?: number;
}

const HANG_MS = 30 * 60_000;

/** What a pre-check answers: the same for the same attempt, wherever it is made. */
export function goesOn(seed: string, context: AttemptContext, input: Json): boolean {
  const random = new SeededRandom(`${seed}/gate/${context.runId}/${context.attempt}`);
  return !random.chance((input as unknown as ScriptInput).noChance ?? 0);
}

/** The same attempt always goes the same way, on whichever node and in whichever order. */
export function scriptOf(seed: string, context: AttemptContext, input: Json): AttemptScript {
  const random = new SeededRandom(`${seed}/${context.runId}/${context.attempt}`);
  const plan = input as unknown as ScriptInput;
  const hangs = random.chance(plan.hangChance);
  const script: AttemptScript = {
    durationMs: hangs ? HANG_MS : random.logUniform(plan.durationMsMin, plan.durationMsMax),
    outcome: random.chance(plan.failChance) ? 'failed' : 'success',
    stopMs: random.next() * plan.stopMsMax,
  };
  return random.chance(0.05) ? { ...script, output: `attempt ${context.attempt}\n` } : script;
}

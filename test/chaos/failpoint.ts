import type { Store } from '../../packages/tickwork/src/core/ports/store.ts';
import type { SeededRandom } from '../../packages/tickwork/src/testing/seeded-random.ts';

/** Calls of the store around which a process can be made to end itself. */
const methods = [
  'planDue',
  'claimRuns',
  'startRuns',
  'settleRuns',
  'completeRuns',
  'renewNode',
  'reapNodes',
] as const satisfies readonly (keyof Store)[];

/**
 * A place at which a process kills itself with SIGKILL: `completeRuns:after` = the write is
 * committed and nobody has heard of it yet.
 */
export type Failpoint = `${(typeof methods)[number]}:${'before' | 'after'}`;

/** Arms the failpoint of a process: the next call of its method is its last. */
export const ARM_SIGNAL = 'SIGUSR2';

export function drawFailpoint(random: SeededRandom): Failpoint {
  return `${random.pick(methods)}:${random.chance(0.5) ? 'before' : 'after'}`;
}

/** The store, with a process that ends at its failpoint once `ARM_SIGNAL` has come. */
export function withFailpoint(store: Store, failpoint: Failpoint): Store {
  const [name, moment] = failpoint.split(':');
  let armed = false;
  process.on(ARM_SIGNAL, () => {
    armed = true;
  });
  const end = (): void => {
    process.kill(process.pid, 'SIGKILL');
  };
  return new Proxy(store, {
    get(target, property) {
      const value: unknown = Reflect.get(target, property);
      if (typeof value !== 'function') return value;
      if (property !== name) return value.bind(target);
      return async (...args: readonly unknown[]): Promise<unknown> => {
        if (armed && moment === 'before') end();
        const answer: unknown = await Reflect.apply(value, target, args);
        if (armed) end();
        return answer;
      };
    },
  });
}

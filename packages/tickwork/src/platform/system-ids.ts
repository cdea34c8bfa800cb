import { randomFillSync } from 'node:crypto';
import type { Ids } from '../core/ports/random.ts';
import type { Instant } from '../core/time/instant.ts';

const COUNTER_MAX = 0xfff;
const VERSION = 0x7000;
const VARIANTS = '89ab';
const RANDOM_BYTES = 8;
const POOL_BYTES = RANDOM_BYTES * 512;

export interface SystemIdsOptions {
  /** The wall clock, epoch ms. Default: the system's. */
  readonly now?: () => Instant;
}

/**
 * Names as UUIDs of version 7: 48 bits of time, 12 of a counter, 62 of chance from the
 * system's secure source. Names of one maker are strictly ascending as text, also when
 * the clock stands still or steps back; names of several makers sort by millisecond.
 * Source: RFC 9562 §5.7 and §6.2, method 1.
 */
export function createSystemIds(options: SystemIdsOptions = {}): Ids {
  const now = options.now ?? Date.now;
  const pool = Buffer.alloc(POOL_BYTES);
  let poolHex = '';
  let poolAt = POOL_BYTES;
  let lastMs = -1;
  let lastTime = '';
  let counter = 0;

  function stepTo(ms: number): void {
    lastMs = ms;
    const time = ms.toString(16).padStart(12, '0');
    lastTime = `${time.slice(0, 8)}-${time.slice(8)}`;
    counter = 0;
  }

  function step(): void {
    const ms = now();
    if (ms > lastMs) stepTo(ms);
    else if (counter < COUNTER_MAX) counter += 1;
    // More than 4,096 names in a millisecond, or a clock that stepped back: run ahead of it.
    else stepTo(lastMs + 1);
  }

  function fillPool(): void {
    randomFillSync(pool);
    poolHex = pool.toString('hex');
    poolAt = 0;
  }

  return Object.freeze({
    next(): string {
      step();
      if (poolAt === POOL_BYTES) fillPool();
      // The two highest of the 64 bits say which layout it is.
      const variant = VARIANTS.charAt((pool[poolAt] ?? 0) >> 6);
      const chance = poolHex.slice(2 * poolAt + 1, 2 * (poolAt + RANDOM_BYTES));
      poolAt += RANDOM_BYTES;
      const count = (VERSION | counter).toString(16);
      return `${lastTime}-${count}-${variant}${chance.slice(0, 3)}-${chance.slice(3)}`;
    },
  });
}

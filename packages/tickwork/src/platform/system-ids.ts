import { randomFillSync } from 'node:crypto';
import type { Ids } from '../core/ports/random.ts';
import type { Instant } from '../core/time/instant.ts';

const COUNTER_MAX = 0xfff;
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
  const pool = new Uint8Array(POOL_BYTES);
  let poolAt = POOL_BYTES;
  let lastMs = -1;
  let counter = 0;

  function step(): void {
    const ms = now();
    if (ms > lastMs) {
      lastMs = ms;
      counter = 0;
    } else if (counter < COUNTER_MAX) {
      counter += 1;
    } else {
      // More than 4,096 names in a millisecond, or a clock that stepped back: run ahead of it.
      lastMs += 1;
      counter = 0;
    }
  }

  function randomHex(): string {
    if (poolAt === POOL_BYTES) {
      randomFillSync(pool);
      poolAt = 0;
    }
    let hex = '';
    for (const end = poolAt + RANDOM_BYTES; poolAt < end; poolAt++) {
      hex += (pool[poolAt] ?? 0).toString(16).padStart(2, '0');
    }
    return hex;
  }

  return Object.freeze({
    next(): string {
      step();
      const time = lastMs.toString(16).padStart(12, '0');
      const count = counter.toString(16).padStart(3, '0');
      const chance = randomHex();
      const variant = (8 + (Number.parseInt(chance.charAt(0), 16) & 3)).toString(16);
      const head = `${time.slice(0, 8)}-${time.slice(8)}-7${count}`;
      return `${head}-${variant}${chance.slice(1, 4)}-${chance.slice(4)}`;
    },
  });
}

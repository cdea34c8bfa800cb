import type { Random } from '../core/ports/random.ts';

/** Chance for jitter and back-off; not for secrets. */
export const systemRandom: Random = Object.freeze({ next: () => Math.random() });

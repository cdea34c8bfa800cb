import type { Backoff, MisfirePolicy, OverlapPolicy, Policies } from '../model/policy.ts';

/** Policies as users write them: durations as text or milliseconds, absent = default. */
export interface PoliciesInput {
  /** A mode, or the mode with its limits. */
  readonly misfire?:
    | MisfirePolicy['mode']
    | {
        readonly mode?: MisfirePolicy['mode'];
        readonly grace?: string | number;
        readonly maxAge?: string | number;
        readonly maxRuns?: number;
      };
  readonly overlap?:
    | OverlapPolicy['mode']
    | { readonly mode?: OverlapPolicy['mode']; readonly maxWaiting?: number };
  /** A number = further attempts; `false` = none. */
  readonly retry?:
    | number
    | false
    | {
        readonly attempts?: number;
        readonly backoff?: Backoff['kind'];
        readonly delay?: string | number;
        readonly delays?: readonly (string | number)[];
        readonly factor?: number;
        readonly maxDelay?: string | number;
        /** 0..1 */
        readonly jitter?: number;
      };
  /** `0` or `false` = no limit. */
  readonly timeout?: string | number | false;
  readonly cancelGrace?: string | number;
  readonly onNodeLoss?: Policies['onNodeLoss'];
  readonly priority?: number;
  readonly retention?: { readonly age?: string | number; readonly runs?: number };
}


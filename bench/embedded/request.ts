/** What the program `child-main.ts` is asked to do, in a process of its own. */
export interface ChildRequest {
  readonly part: ChildPart;
  /** Where the store and other files lie; the asker removes it. */
  readonly directory: string;
  /** Runs or jobs. */
  readonly size: number;
  /** Slots for functions. */
  readonly slots: number;
  readonly pattern: Pattern;
  /** The measured minute begins here; epoch ms, a whole second. */
  readonly beginsAt: number;
  /** Another scheduler, by the name of its package. */
  readonly peer: string;
}

export type ChildPart =
  | 'audit'
  | 'engine-drain'
  | 'fill'
  | 'fire'
  | 'idle'
  | 'latency'
  | 'peer'
  | 'raw-drain'
  | 'raw-register'
  | 'store-register';

/** Jobs of a minute are due at its seconds in turn, or all at one second. */
export type Pattern = 'spread' | 'burst';

export const MINUTE_MS = 60_000;

/** The second, of 60 from `beginsAt` on, at which a job is due in each minute. */
export function secondOf(job: number, pattern: Pattern): number {
  return pattern === 'spread' ? job % 60 : 30;
}

/** The same instant as a cron expression with seconds. */
export function cronOf(job: number, { pattern, beginsAt }: ChildRequest): string {
  return `${(beginsAt / 1000 + secondOf(job, pattern)) % 60} * * * * *`;
}

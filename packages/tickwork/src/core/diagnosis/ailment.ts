/** What can be wrong in a store, in one word each; `repairs` says what to do. */
export type AilmentKind = keyof typeof repairs;

/** One thing that is wrong. */
export interface Ailment {
  readonly kind: AilmentKind;
  /** `error`: a promise is broken. `warning`: work stands still, or soon will. */
  readonly severity: 'error' | 'warning';
  readonly jobName: string | null;
  readonly runId: string | null;
  readonly nodeId: string | null;
  /** One English sentence. */
  readonly message: string;
  /** What to do about it. */
  readonly repair: string;
}

/** What to do about each kind. */
export const repairs = {
  'store-refuses-writes':
    'Nothing is planned or kept until the store takes writes again: mend that first.',
  'store-damaged':
    'Stop every node, then restore the file from a backup, or name another file (it is made).',
  'store-repairable': 'Stop every node, then see what `tickwork db repair` would do.',
  'clock-set-back':
    'Time stands still for Tickwork until the clock has caught up; correct the clock.',
  'no-node': 'Start a node: tickwork run, or your program.',
  'expired-node': 'A node that runs declares it dead by itself; if none does, start one.',
  'overdue-job': 'See the log of the nodes for errors of the planner; restart one if it hangs.',
  'cursor-ahead':
    'Nothing fires before the cursor. If the clock was wrong when it moved, declare the job ' +
    'anew under another name.',
  'missed-instant': 'Pause and resume the job: that computes its next instant again.',
  'broken-trigger': 'Mend the calendar or zone that it names, then apply the job again.',
  'orphan-run': 'Cancel it with runs cancel.',
  'lost-run': 'A node that runs takes it over by itself; if none does, start one.',
  'stale-reservation': 'A node that runs gives it back by itself; if none does, start one.',
  overrun: 'The task ignores its abort signal: let it listen, or isolate it (worker, script).',
  'waiting-alone': 'Start a node; if one runs, cancel the run and start it anew by hand.',
  'unknown-job': 'Mend the name after which it runs, or add that job.',
  unclaimed: 'Start a node that has a handler for it, or one with free slots.',
  'overdue-run': 'The node that holds it has no free slot or hangs; see its log.',
  'early-start': 'Check the clocks of the nodes; please report it.',
  overlap: 'Cancel all but one of the runs; please report it.',
  'too-many-attempts': 'Cancel the run; please report it.',
  'unknown-state': 'Another version wrote it: use that version.',
  'wrong-id': 'The row was not written by Tickwork: remove it.',
  'counter-drift': 'The counts of the job are too low; please report it.',
} as const;

type Subject = { readonly [Key in 'jobName' | 'runId' | 'nodeId']?: string | null };

export function ailment(
  kind: AilmentKind,
  severity: Ailment['severity'],
  subject: Subject,
  message: string,
): Ailment {
  const { jobName = null, runId = null, nodeId = null } = subject;
  return { kind, severity, jobName, runId, nodeId, message, repair: repairs[kind] };
}

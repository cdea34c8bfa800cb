import type { Commit, Ledger } from './ledger.ts';
import type { Violation } from './violation.ts';

/** stale effect: a write under a fence is accepted after a higher fence was issued. */
export function checkStaleEffects(ledger: Ledger): Violation[] {
  const violations: Violation[] = [];
  for (const [runId, commits] of ledger.commits) {
    const issued = issuedTokens(runId, ledger);
    for (const [index, commit] of commits.entries()) {
      if (!commit.accepted || isRepeated(commit, commits.slice(0, index))) continue;
      const newer = issued.find((each) => each.i < commit.i && each.token > commit.token);
      if (newer === undefined) continue;
      violations.push({
        verdict: 'stale-effect',
        text:
          `a ${commit.what} of run ${runId} under fence ${commit.token} was accepted after ` +
          `fence ${newer.token} had been issued`,
        sched: ledger.rows.get(runId)?.jobName ?? null,
        runId,
        facts: { token: commit.token, newer: newer.token, state: commit.state, t: commit.t },
      });
    }
  }
  return [...violations, ...tokensThatDoNotGrow(ledger)];
}

/** The same end written once more after a lost answer is accepted again and changes nothing. */
function isRepeated(commit: Commit, earlier: readonly Commit[]): boolean {
  return earlier.some(
    (each) =>
      each.accepted &&
      each.what === 'completion' &&
      each.what === commit.what &&
      each.token === commit.token &&
      each.state === commit.state,
  );
}

function issuedTokens(runId: string, ledger: Ledger): { i: number; token: number }[] {
  const grants = ledger.grants.get(runId) ?? [];
  const starts = ledger.attemptsByRun.get(runId) ?? [];
  return [...grants, ...starts].map(({ i, token }) => ({ i, token }));
}

/** Fences of one run must strictly increase from attempt to attempt. */
function tokensThatDoNotGrow(ledger: Ledger): Violation[] {
  const violations: Violation[] = [];
  for (const [runId, attempts] of ledger.attemptsByRun) {
    const byAttempt = [...attempts].sort((a, b) => a.attempt - b.attempt || a.i - b.i);
    for (const [index, later] of byAttempt.entries()) {
      const earlier = byAttempt[index - 1];
      if (earlier === undefined || later.token > earlier.token) continue;
      // Two starts with one fence are a doubled attempt already.
      if (later.token === earlier.token) continue;
      violations.push({
        verdict: 'stale-effect',
        text:
          `attempt ${later.attempt} of run ${runId} has fence ${later.token}, ` +
          `not above ${earlier.token} of attempt ${earlier.attempt}`,
        sched: later.sched,
        runId,
        facts: { token: later.token, earlierToken: earlier.token },
      });
    }
  }
  return violations;
}

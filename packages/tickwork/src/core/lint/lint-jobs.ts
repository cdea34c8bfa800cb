import { isTickworkError } from '../base/errors.ts';
import type { Instant } from '../time/instant.ts';
import type { LintFacts, LintHit, LintJob, LintSeverity } from './lint-rule.ts';
import { jobRules, setRules } from './rules.ts';

export interface LintFinding {
  /** The id of the rule. */
  readonly rule: string;
  readonly severity: LintSeverity;
  /** `null`: it is about all jobs together. */
  readonly jobName: string | null;
  /** The place below the job: `['input', 'password']`. */
  readonly path: readonly (string | number)[];
  readonly message: string;
  readonly remedy: string;
  /** The instants it is about, the first few. */
  readonly instantsAt: readonly Instant[];
}

const INSTANTS_MAX = 10;

/** Asks every rule about every job. Pure; the order is that of the jobs, then of the rules. */
export function lintJobs(jobs: readonly LintJob[], facts: LintFacts): readonly LintFinding[] {
  const findings: LintFinding[] = [];
  for (const job of jobs) {
    for (const rule of jobRules) {
      for (const hit of ask(() => rule.check(job, facts))) {
        findings.push(finding(rule, job.name, hit));
      }
    }
  }
  for (const rule of setRules) {
    const hits = ask(() => rule.checkAll(jobs, facts));
    for (const hit of hits) findings.push(finding(rule, null, hit));
  }
  return findings;
}

/** A trigger that cannot be evaluated under another rule is no matter of this rule. */
function ask(check: () => readonly LintHit[]): readonly LintHit[] {
  try {
    return check();
  } catch (error) {
    if (isTickworkError(error) && error.code !== 'BROKEN_INVARIANT') return [];
    throw error;
  }
}

function finding(
  rule: { readonly id: string; readonly severity: LintSeverity },
  jobName: string | null,
  hit: LintHit,
): LintFinding {
  return {
    ...{ rule: rule.id, severity: hit.severity ?? rule.severity, jobName, path: hit.path },
    ...{ message: hit.message, remedy: hit.remedy },
    instantsAt: (hit.instantsAt ?? []).slice(0, INSTANTS_MAX),
  };
}

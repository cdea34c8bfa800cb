import { errorCatalogue, isTickworkError } from 'tickwork';
import { PROBLEMS_SHOWN_MAX, type Problem, problemLines } from '../config/problem.ts';
import type { Output } from './output.ts';

/** The command was used wrongly. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
}

/** A configuration file is wrong; every problem is told. */
export class ConfigProblems extends Error {
  override readonly name = 'ConfigProblems';
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problemLines(problems).join('\n'));
    this.problems = problems;
  }
}

const USAGE_EXIT = 2;
const DEFECT_EXIT = 1;

/** Tells an error to people and programs and gives the exit status it deserves. */
export function reportError(error: unknown, out: Output): number {
  if (error instanceof ConfigProblems) {
    for (const line of problemLines(error.problems)) out.words(line);
    const { exit } = errorCatalogue.INVALID_CONFIG;
    const problems = error.problems.slice(0, PROBLEMS_SHOWN_MAX);
    const problemCount = error.problems.length;
    out.answer({ error: { code: 'INVALID_CONFIG', problems, problemCount } });
    return exit;
  }
  if (isTickworkError(error)) {
    out.words(`tickwork: ${error.message}`);
    out.answer({ error: { code: error.code, message: error.message } });
    return errorCatalogue[error.code]?.exit ?? DEFECT_EXIT;
  }
  if (error instanceof UsageError) {
    out.words(`tickwork: ${error.message}`);
    out.answer({ error: { code: 'USAGE', message: error.message } });
    return USAGE_EXIT;
  }
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  out.words(`tickwork: ${text}`);
  out.answer({ error: { code: 'UNEXPECTED', message: String(error) } });
  return DEFECT_EXIT;
}

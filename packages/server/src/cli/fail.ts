import { errorCatalogue, isTickworkError } from 'tickwork';
import { formatProblem, type Problem } from '../config/problem.ts';
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
    super(problems.map(formatProblem).join('\n'));
    this.problems = problems;
  }
}

const USAGE_EXIT = 2;
const DEFECT_EXIT = 1;

/** Tells an error to people and programs and gives the exit status it deserves. */
export function reportError(error: unknown, out: Output): number {
  if (error instanceof ConfigProblems) {
    for (const problem of error.problems) out.words(formatProblem(problem));
    const { exit } = errorCatalogue.INVALID_CONFIG;
    out.answer({ error: { code: 'INVALID_CONFIG', problems: error.problems } });
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

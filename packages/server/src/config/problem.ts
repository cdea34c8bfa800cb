import { formatPath, type Located, nearest, type Path } from './located.ts';

/** One thing that is wrong in a configuration file. */
export interface Problem {
  /** `error` refuses the file; `warning` is only told. */
  readonly severity: 'error' | 'warning';
  /** The file as the user named it. */
  readonly file: string;
  /** Both start at 1; the column counts UTF-16 code units. */
  readonly line: number;
  readonly column: number;
  /** `jobs.backup.retry`; `''` for the file as a whole. */
  readonly path: string;
  /** What is wrong and what is allowed. */
  readonly message: string;
}

/** A file's text with what is needed to turn offsets into lines and columns. */
export interface Source {
  readonly file: string;
  readonly text: string;
}

export function problemAt(source: Source, offset: number, path: Path, message: string): Problem {
  const before = source.text.slice(0, offset);
  const line = before.split('\n').length;
  const column = offset - before.lastIndexOf('\n');
  return {
    severity: 'error',
    file: source.file,
    line,
    column,
    path: formatPath(path),
    message,
  };
}

/** A problem at a path: at the value if it is there, else at the key of what encloses it. */
export function problemAtPath(
  source: Source,
  root: Located,
  path: Path,
  message: string,
  place: 'key' | 'value' = 'value',
): Problem {
  const { node, exact } = nearest(root, path);
  const offset = exact && place === 'value' ? node.at : node.keyAt;
  return problemAt(source, offset, path, message);
}

/** Worst first: errors before warnings, shallow places (which spoil more) before deep ones. */
export function sortProblems(problems: readonly Problem[]): readonly Problem[] {
  const seen = new Set<string>();
  const distinct = problems.filter((problem) => {
    const key = `${problem.line}:${problem.column}:${problem.message}`;
    if (seen.has(key)) return false;
    seen.add(key);
    return true;
  });
  return distinct.sort((a, b) => rank(a) - rank(b) || a.line - b.line || a.column - b.column);
}

function rank(problem: Problem): number {
  const depth = problem.path === '' ? 0 : problem.path.split('.').length;
  return (problem.severity === 'error' ? 0 : 1000) + Math.min(depth, 2);
}

/** `tickwork.yaml:6:13 jobs.backup.retry: …` */
export function formatProblem(problem: Problem): string {
  const path = problem.path === '' ? '' : ` ${problem.path}:`;
  const kind = problem.severity === 'warning' ? ' warning:' : '';
  return `${problem.file}:${problem.line}:${problem.column}${kind}${path} ${problem.message}`;
}

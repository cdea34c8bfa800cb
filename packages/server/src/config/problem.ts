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
  const { line, column } = placeAt(source, offset);
  return {
    severity: 'error',
    file: source.file,
    line,
    column,
    path: formatPath(path),
    message,
  };
}

/** The offsets at which lines begin, found once for each text: a file may have many problems. */
const lineStarts = new WeakMap<Source, readonly number[]>();

function placeAt(source: Source, offset: number): { line: number; column: number } {
  const starts = lineStarts.get(source) ?? lineStartsOf(source.text);
  lineStarts.set(source, starts);
  let low = 0;
  let high = starts.length;
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((starts[middle] ?? 0) <= offset) low = middle;
    else high = middle;
  }
  return { line: low + 1, column: offset - (starts[low] ?? 0) + 1 };
}

function lineStartsOf(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) starts.push(at + 1);
  return starts;
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

/** As many are shown; one fault of a generator may show at every entry of a long file. */
export const PROBLEMS_SHOWN_MAX = 50;

/** A line for each problem, the first `PROBLEMS_SHOWN_MAX` of them, and the count of the rest. */
export function problemLines(problems: readonly Problem[]): readonly string[] {
  const lines = problems.slice(0, PROBLEMS_SHOWN_MAX).map(formatProblem);
  const rest = problems.length - lines.length;
  if (rest > 0) lines.push(`… and ${rest} more, ${problems.length} in all`);
  return lines;
}

import type { ConfigFormat } from './config-format.ts';
import { explainIssue, type IssueContext } from './explain-issue.ts';
import { type Path, plainValue } from './located.ts';
import type { Problem } from './problem.ts';

/** What a schema made of a file, without the entries of `jobList` that it refused. */
export interface CheckedValue {
  readonly value: unknown;
  readonly indexOf: (entry: number) => number;
  readonly rejected: readonly Problem[];
}

/** Checks a file by the schema of its format. */
export function checkValue(
  format: ConfigFormat,
  context: IssueContext,
): CheckedValue | { readonly problems: readonly Problem[] } {
  const whole = plainValue(context.root);
  const checked = format.schema.safeParse(whole);
  if (checked.success) return { value: checked.data, indexOf: (entry) => entry, rejected: [] };
  const { issues } = checked.error;
  const problems = issues.flatMap((issue) => explainIssue(issue, context));
  const places = issues.map((issue) => entryOf(issue.path, format.jobList));
  if (format.jobList === undefined || places.includes(null)) return { problems };
  const wrong = new Set(places);
  const kept: number[] = [];
  const rest = withoutEntries(whole, format.jobList, (index) => {
    if (!wrong.has(index)) kept.push(index);
    return !wrong.has(index);
  });
  const again = format.schema.safeParse(rest);
  if (!again.success) return { problems };
  return { value: again.data, indexOf: (entry) => kept[entry] ?? entry, rejected: problems };
}

/** Which entry of the list a path lies in; `null` = in none. */
function entryOf(path: readonly PropertyKey[], list: Path | undefined): number | null {
  const index = path[list?.length ?? 0];
  const isBelow = list?.every((key, i) => path[i] === key) === true;
  return isBelow && typeof index === 'number' ? index : null;
}

function withoutEntries(value: unknown, path: Path, keep: (index: number) => boolean): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return (value as unknown[]).filter((_, index) => keep(index));
  const members = value as Record<PropertyKey, unknown>;
  return { ...members, [key]: withoutEntries(members[key], rest, keep) };
}

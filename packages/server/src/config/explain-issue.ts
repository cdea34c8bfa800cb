import type { z } from 'zod';
import { closestWord } from './closest-word.ts';
import { type Located, nearest, type Path } from './located.ts';
import { type Problem, problemAtPath, type Source } from './problem.ts';
import { definitionOf, keysAt, schemasAt, typeText } from './schema-walk.ts';
import type { Secrets } from './secrets.ts';
import { jobWordHint } from './word-hints.ts';

export interface IssueContext {
  readonly source: Source;
  readonly root: Located;
  readonly schema: z.ZodType;
  readonly secrets: Secrets;
}

/** What a schema found wrong, in words with places. One issue may become several problems. */
export function explainIssue(issue: z.core.$ZodIssue, context: IssueContext): readonly Problem[] {
  return explain(issue, [], context);
}

type Issue = z.core.$ZodIssue;

function explain(issue: Issue, above: Path, context: IssueContext): readonly Problem[] {
  const path = [...above, ...(issue.path as (string | number)[])];
  if (issue.code === 'unrecognized_keys') {
    const allowed = keysAt(context.schema, path);
    return issue.keys.map((key) => unknownKey(key, path, allowed, context));
  }
  if (issue.code === 'invalid_union') return explainUnion(issue.errors, path, context);
  if (issue.code === 'too_big' || issue.code === 'too_small') {
    return [problem(path, `${shown(path, context)} — ${boundText(issue)} expected.`, context)];
  }
  return [problem(path, wrongValue(path, context), context)];
}

function boundText(issue: z.core.$ZodIssueTooBig | z.core.$ZodIssueTooSmall): string {
  const bound =
    issue.code === 'too_small' ? `at least ${issue.minimum}` : `at most ${issue.maximum}`;
  if (issue.origin === 'array') return `${bound} entries are`;
  return issue.origin === 'string' ? `${bound} characters are` : `${bound} is`;
}

/** The branch that was meant is the one whose own kind of value stands there. */
function explainUnion(
  errors: readonly (readonly Issue[])[],
  path: Path,
  context: IssueContext,
): readonly Problem[] {
  const meant = errors
    .filter((branch) => branch.every(isInside))
    .sort((a, b) => a.length - b.length)[0];
  if (meant === undefined) return [problem(path, wrongValue(path, context), context)];
  return meant.flatMap((issue) => explain(issue, path, context));
}

/** True if the value is of the right kind, and something in it is wrong. */
function isInside(issue: Issue): boolean {
  if (issue.path.length > 0) return true;
  if (issue.code === 'invalid_union') return issue.errors.some((branch) => branch.every(isInside));
  return issue.code !== 'invalid_type' && issue.code !== 'invalid_value';
}

/** A warning of a key that a format does not read, with the known one that was probably meant. */
export function unreadKey(path: Path, context: Omit<IssueContext, 'secrets'>): Problem {
  const allowed = keysAt(context.schema, path.slice(0, -1));
  const meant = closestWord(String(path.at(-1)), allowed);
  const hint = meant === null ? '' : ` Did you mean \`${meant}\`?`;
  const message = `is not read.${hint}`;
  const told = problemAtPath(context.source, context.root, path, message, 'key');
  return { ...told, severity: 'warning' };
}

function unknownKey(
  key: string,
  path: Path,
  allowed: readonly string[],
  context: IssueContext,
): Problem {
  const place = [...path, key];
  const message = `is no option. ${hintOf(key, path, allowed)}`;
  return problemAtPath(context.source, context.root, place, message, 'key');
}

/** The option that was meant, here or in another tool; else all of them, if they are few. */
function hintOf(key: string, path: Path, allowed: readonly string[]): string {
  const foreign = path.length === 2 && path[0] === 'jobs' ? jobWordHint(key) : null;
  if (foreign !== null) return foreign;
  const meant = closestWord(key, allowed);
  if (meant !== null) return `Did you mean \`${meant}\`?`;
  if (allowed.length <= ALLOWED_SHOWN_MAX) return `Allowed are ${allowed.join(', ')}.`;
  const some = allowed.slice(0, ALLOWED_SHOWN_MAX).join(', ');
  const more = allowed.length - ALLOWED_SHOWN_MAX;
  return `Allowed are ${some} and ${more} more; see \`tickwork config schema\`.`;
}

/** More are not read by anybody; the job has over forty. */
const ALLOWED_SHOWN_MAX = 16;

function wrongValue(path: Path, context: IssueContext): string {
  const schemas = schemasAt(context.schema, path);
  const allowed = [...new Set(schemas.map(typeText))].join(' or ');
  const { node, exact } = nearest(context.root, path);
  if (!exact) return `is missing; expected ${allowed}.`;
  const value = node.kind === 'scalar' ? node.value : undefined;
  const isSecret = context.secrets.standInAt(path) !== null;
  const advice = isSecret ? '' : adviceFor(value, schemas);
  return `${shown(path, context)} — expected ${allowed}.${advice}`;
}

/** The traps of YAML 1.2, and near misses. */
function adviceFor(value: unknown, schemas: readonly z.ZodType[]): string {
  const types = schemas.map((schema) => definitionOf(schema).type);
  if (types.includes('boolean') && typeof value === 'string') {
    if (/^(?:yes|on|y)$/iu.test(value)) return ` In YAML 1.2 ${value} is text; write true.`;
    if (/^(?:no|off|n)$/iu.test(value)) return ` In YAML 1.2 ${value} is text; write false.`;
  }
  if (types.includes('number') && typeof value === 'string' && value !== '') {
    if (Number.isFinite(Number(value))) return ' Leave the quotes out.';
  }
  if (types.includes('string') && (typeof value === 'number' || typeof value === 'boolean')) {
    const kind = typeof value === 'number' ? 'a number' : 'true or false';
    return ` Without quotes this is ${kind}; put it in quotes.`;
  }
  if (value === null) return ' The value is empty.';
  if (typeof value !== 'string') return '';
  const words = schemas.flatMap((schema) => Object.values(definitionOf(schema).entries ?? {}));
  const meant = closestWord(value, words);
  return meant === null ? '' : ` Did you mean ${meant}?`;
}

function shown(path: Path, context: IssueContext): string {
  const { node } = nearest(context.root, path);
  if (node.kind !== 'scalar') return node.kind === 'list' ? 'a list' : 'a map';
  const standIn = context.secrets.standInAt(path);
  if (standIn !== null) return standIn;
  const text = node.value === null ? 'nothing' : JSON.stringify(node.value);
  return text.length > 80 ? `${text.slice(0, 80)}…` : text;
}

function problem(path: Path, message: string, context: IssueContext): Problem {
  return problemAtPath(context.source, context.root, path, message);
}

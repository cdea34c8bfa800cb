import { type Environment, setVariable } from './environment.ts';
import type { Located, Path } from './located.ts';
import { formatPath } from './located.ts';
import { type Problem, problemAt, type Source } from './problem.ts';
import { Secrets } from './secrets.ts';

export interface Substituted {
  readonly root: Located;
  readonly secrets: Secrets;
  readonly problems: readonly Problem[];
}

const REFERENCE = /\$(?:\$|\{(?<name>[A-Za-z_][A-Za-z0-9_]*)(?::(?<kind>[-?])(?<rest>[^}]*))?\})/gu;
const WHOLE = /^\$\{[^}]*\}$/u;

/**
 * Replaces `${VAR}`, `${VAR:-default}` and `${VAR:?message}` in every text value (never in
 * keys) and `$$` by `$`. `NAME_FILE` stands in for a `NAME` that is not set: the text of that
 * file without its last line break. An empty variable counts as not set where `:` follows.
 * A value that is one reference and not quoted in YAML may become a number or boolean.
 */
export function substitute(source: Source, root: Located, environment: Environment): Substituted {
  const masked = new Map<string, string>();
  const references = new Map<string, string>();
  const problems: Problem[] = [];

  const text = (node: Located & { kind: 'scalar' }, path: Path): Located => {
    const written = String(node.value);
    if (!written.includes('$')) return node;
    let referenced = false;
    const value = written.replaceAll(REFERENCE, (whole, ...rest) => {
      if (whole === '$$') return '$';
      referenced = true;
      const groups = rest.at(-1) as { name: string; kind?: string; rest?: string };
      const found = resolve(groups, environment);
      if ('value' in found) {
        if (found.isSet) references.set(found.value, `\${${groups.name}}`);
        return found.value;
      }
      problems.push(problemAt(source, node.at, path, found.problem));
      return '';
    });
    const stray = /\$\{/u.exec(written.replaceAll(REFERENCE, ''));
    if (stray !== null) {
      const message =
        // biome-ignore lint/suspicious/noTemplateCurlyInString: the text is about it.
        'a ${…} that cannot be read; write ${NAME}, ${NAME:-default} or $${ for the text.';
      problems.push(problemAt(source, node.at, path, message));
    }
    if (referenced) masked.set(formatPath(path), written);
    return { ...node, value: WHOLE.test(written) && !node.quoted ? typed(value) : value };
  };

  const walk = (node: Located, path: Path): Located => {
    if (node.kind === 'list') {
      return { ...node, items: node.items.map((item, index) => walk(item, [...path, index])) };
    }
    if (node.kind === 'map') {
      const entries = [...node.entries].map(
        ([key, member]) => [key, walk(member, [...path, key])] as const,
      );
      return { ...node, entries: new Map(entries) };
    }
    return typeof node.value === 'string' ? text(node, path) : node;
  };

  return { root: walk(root, []), secrets: new Secrets(masked, references), problems };
}

/** The text of which `substitute` makes `text` again: each `$` that it would read is doubled. */
export function escapeReferences(text: string): string {
  return text.replaceAll(/\$\$+|\$(?=\{)/gu, (signs) => signs.replaceAll('$', '$$$$'));
}

function resolve(
  reference: { name: string; kind?: string; rest?: string },
  environment: Environment,
): { value: string; isSet: boolean } | { problem: string } {
  const { name, kind, rest = '' } = reference;
  let value = setVariable(environment, name);
  const path = setVariable(environment, `${name}_FILE`);
  if (value === undefined && path !== undefined) {
    try {
      value = environment.readFile(path).replace(/\r?\n$/u, '');
    } catch {
      return { problem: `the file that ${name}_FILE names cannot be read.` };
    }
  }
  const isSet = value !== undefined && (kind === undefined || value !== '');
  if (isSet) return { value: value ?? '', isSet };
  if (kind === '-') return { value: rest, isSet };
  const why = kind === '?' && rest !== '' ? `: ${rest}` : '';
  return {
    problem: `the variable ${name} is not set${why}. Set it, or write \${${name}:-default}.`,
  };
}

/** What the text would be if it stood there unquoted. */
function typed(text: string): string | number | boolean {
  if (text === 'true') return true;
  if (text === 'false') return false;
  return /^-?(?:0|[1-9]\d*)(?:\.\d+)?$/u.test(text) ? Number(text) : text;
}

import {
  Composer,
  type Document,
  isAlias,
  isMap,
  isScalar,
  isSeq,
  Lexer,
  type Node,
  type ParsedNode,
  Parser,
  type YAMLError,
} from 'yaml';
import { limits, refusedKeys } from './limits.ts';
import type { Located, Path } from './located.ts';
import { type Problem, problemAt, type Source } from './problem.ts';

/**
 * What a text holds. `problems` are keys and values that are refused at their places, the rest
 * of `root` being complete; without a `root` nothing could be read.
 */
export interface Parsed {
  readonly root?: Located;
  readonly problems: readonly Problem[];
}

/**
 * Reads YAML 1.2 that means the same as JSON: one document, text keys, no tags, no merge
 * keys, few aliases. All bounds of `limits` are checked before the costly steps.
 */
export function parseYaml(source: Source): Parsed {
  const reading = compose(source);
  if ('problem' in reading) return { problems: [reading.problem] };
  const { documents } = reading;
  const [document, second] = documents;
  const errors = documents.flatMap((one) => [...one.errors, ...one.warnings]);
  if (errors.length > 0) {
    return { problems: errors.slice(0, PROBLEMS_MAX).map((error) => explain(source, error)) };
  }
  if (second !== undefined) {
    const at = second.range?.[0] ?? 0;
    return { problems: [problemAt(source, at, [], 'a second document; one file holds one.')] };
  }
  const contents = document?.contents;
  if (contents === null || contents === undefined) {
    return { root: { kind: 'scalar', value: null, quoted: false, at: 0, keyAt: 0 }, problems: [] };
  }
  const walker = new YamlWalker(source, document as Document.Parsed);
  const root = walker.locate(contents, contents.range[0], []);
  return walker.isCut ? { problems: walker.problems } : { root, problems: walker.problems };
}

type Reading = { readonly documents: readonly Document.Parsed[] } | { readonly problem: Problem };

/**
 * The parser's own steps, taken one by one to stop early: its cost grows with the square of
 * errors and tokens in one line, and its recursion with the depth.
 */
function compose(source: Source): Reading {
  const parser = new Parser();
  // The schema is fixed, so that a %YAML directive does not bring that of YAML 1.1.
  const composer = new Composer({
    schema: 'core',
    resolveKnownTags: false,
    merge: false,
    uniqueKeys: false,
    stringKeys: false,
  });
  const documents: Document.Parsed[] = [];
  let offset = 0;
  let lineTokenCount = 0;
  let streamTokenCount = 0;
  const stop = (message: string): Reading => ({
    problem: problemAt(source, offset, [], message),
  });
  for (const lexeme of new Lexer().lex(source.text)) {
    lineTokenCount = lexeme.includes('\n') ? 0 : lineTokenCount + 1;
    if (lineTokenCount > limits.lineTokenCountMax) return stop('this line is too long to read.');
    for (const token of parser.next(lexeme)) {
      if (!FREE_TOKENS.has(token.type) && ++streamTokenCount > PROBLEMS_MAX) {
        return stop('is no valid YAML document.');
      }
      documents.push(...composer.next(token));
    }
    offset += lexeme.length;
    // Each level takes at most two entries of the parser's stack.
    if (parser.stack.length > 2 * limits.depthMax + 2) return stop(TOO_DEEP);
    if (documents.length > 2) return stop('more than one document; one file holds one.');
  }
  for (const token of parser.end()) documents.push(...composer.next(token));
  documents.push(...composer.end(false, source.text.length));
  return { documents };
}

const PROBLEMS_MAX = 20;
/** What may stand outside of documents any number of times. */
const FREE_TOKENS: ReadonlySet<string> = new Set(['comment', 'newline', 'space']);
const NO_TAGS = 'tags (!name) are not read; write plain values.';
const TOO_DEEP = `nested deeper than ${limits.depthMax} levels.`;

class YamlWalker {
  readonly problems: Problem[] = [];
  /** True if not everything was walked: what `locate` gave is not complete. */
  isCut = false;
  readonly #source: Source;
  readonly #document: Document.Parsed;
  #valueCount = 0;
  #aliasCount = 0;

  constructor(source: Source, document: Document.Parsed) {
    this.#source = source;
    this.#document = document;
  }

  locate(node: Node | null, keyAt: number, path: Path): Located {
    const at = node?.range?.[0] ?? keyAt;
    const nothing: Located = { kind: 'scalar', value: null, quoted: false, at, keyAt };
    if (node === null) return nothing;
    if (this.problems.length >= PROBLEMS_MAX) {
      this.isCut = true;
      return nothing;
    }
    if (++this.#valueCount > limits.valueCountMax || path.length > limits.depthMax) {
      const why = path.length > limits.depthMax ? TOO_DEEP : 'too many values in one file.';
      if (!this.isCut) this.#refuse(at, path, why);
      this.isCut = true;
      return nothing;
    }
    if (hasTag(node)) this.#refuse(at, path, NO_TAGS);
    if (isAlias(node)) return this.#alias(node.source, at, keyAt, path);
    if (isMap(node)) return this.#map(node.items as readonly YamlPair[], at, keyAt, path);
    if (isSeq(node)) {
      const items = node.items.map((item, index) => {
        const member = item as ParsedNode;
        return this.locate(member, member.range[0], [...path, index]);
      });
      return { kind: 'list', items, at, keyAt };
    }
    if (isScalar(node)) return this.#scalar(node.value, node.type ?? 'PLAIN', at, keyAt, path);
    return nothing;
  }

  #scalar(value: unknown, type: string, at: number, keyAt: number, path: Path): Located {
    const quoted = type !== 'PLAIN';
    if (typeof value === 'number' && !Number.isFinite(value)) {
      this.#refuse(at, path, 'is no finite number; quote it if text is meant.');
    }
    const plain =
      value === null || ['boolean', 'number', 'string'].includes(typeof value)
        ? (value as string | number | boolean | null)
        : String(value);
    return { kind: 'scalar', value: plain, quoted, at, keyAt };
  }

  #alias(name: string, at: number, keyAt: number, path: Path): Located {
    if (++this.#aliasCount > limits.aliasCountMax) {
      this.#refuse(at, path, `more than ${limits.aliasCountMax} aliases in one file.`);
      return { kind: 'scalar', value: null, quoted: false, at, keyAt };
    }
    let target: Node | null = null;
    for (const candidate of anchored(this.#document.contents)) {
      if ((candidate.range?.[0] ?? 0) < at && candidate.anchor === name) target = candidate;
    }
    if (target === null) this.#refuse(at, path, starMessage(name));
    return { ...this.locate(target, keyAt, path), at, keyAt };
  }

  #map(pairs: readonly YamlPair[], at: number, keyAt: number, path: Path): Located {
    const entries = new Map<string, Located>();
    for (const pair of pairs) {
      const keyNode = pair.key;
      const keyOffset = keyNode?.range?.[0] ?? at;
      const key = isScalar(keyNode) ? keyText(keyNode) : null;
      if (key === null) {
        this.#refuse(keyOffset, path, 'keys must be text.');
        continue;
      }
      if (keyNode !== null && hasTag(keyNode)) this.#refuse(keyOffset, [...path, key], NO_TAGS);
      if (!this.#keyAllowed(key, keyOffset, path, entries)) continue;
      entries.set(key, this.locate(pair.value, keyOffset, [...path, key]));
    }
    return { kind: 'map', entries, at, keyAt };
  }

  #keyAllowed(key: string, at: number, path: Path, known: ReadonlyMap<string, unknown>): boolean {
    if (known.has(key)) {
      this.#refuse(at, [...path, key], 'stands here twice; keep one of them.');
      return false;
    }
    if (refusedKeys.has(key)) {
      this.#refuse(at, [...path, key], 'is refused as a key.');
      return false;
    }
    if (key === '<<') {
      this.#refuse(at, [...path, key], 'merge keys are not read; write the members out.');
      return false;
    }
    return true;
  }

  #refuse(at: number, path: Path, message: string): void {
    if (this.problems.length >= PROBLEMS_MAX) return;
    this.problems.push(problemAt(this.#source, at, path, message));
  }
}

/** `!!str` and its kind too: a value means what it means in JSON. */
function hasTag(node: Node): boolean {
  return !isAlias(node) && node.tag !== undefined;
}

interface YamlPair {
  readonly key: Node | null;
  readonly value: Node | null;
}

/** A key as written: `80:` is the key `80`, `yes:` the key `yes`. */
function keyText(key: { source?: string; value: unknown }): string {
  return typeof key.value === 'string' ? key.value : (key.source ?? String(key.value));
}

function* anchored(node: Node | null): Generator<Node & { anchor?: string }> {
  if (node === null) return;
  if (!isAlias(node) && node.anchor !== undefined) yield node;
  if (isMap(node)) {
    for (const pair of node.items as readonly YamlPair[]) yield* anchored(pair.value);
  } else if (isSeq(node)) {
    for (const item of node.items) yield* anchored(item as Node);
  }
}

function starMessage(name: string): string {
  return /^[/\d*?,-]|^$/u.test(name)
    ? "a plain * begins an alias in YAML; put the cron expression in quotes: cron: '*/5 * * * *'."
    : `the alias *${name} has no anchor &${name} before it; quote the text if a star is meant.`;
}

/** The parser's own words, with the cause people meet most put first. */
function explain(source: Source, error: YAMLError): Problem {
  const at = error.pos[0];
  const line = source.text.slice(source.text.lastIndexOf('\n', at - 1) + 1).split('\n', 1)[0] ?? '';
  return problemAt(source, at, [], advise(error, line));
}

function advise(error: YAMLError, line: string): string {
  const value = /^\s*(?:-\s+)?[\w-]+:\s+(?<value>.*)$/u.exec(line)?.groups?.value ?? '';
  if (value.startsWith('*')) return starMessage('/');
  if (value.startsWith('@') || value.startsWith('%') || value.startsWith('`')) {
    return `a value cannot begin with ${value[0]} in YAML; put it in quotes: '${value.trim()}'.`;
  }
  // biome-ignore lint/suspicious/noTemplateCurlyInString: the text is about it.
  if (/[{[].*\$\{/u.test(line)) return 'inside { } or [ ] put ${…} in quotes.';
  if (error.code === 'TAB_AS_INDENT') return 'a tab indents this line; use spaces.';
  if (error.code === 'TAG_RESOLVE_FAILED') return NO_TAGS;
  const text = (error.message.split('\n', 1)[0] ?? '').replace(/ at line \d+, column \d+:?$/u, '');
  return `is no valid YAML: ${text}.`;
}

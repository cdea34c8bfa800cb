import {
  getNodeValue,
  type Node,
  type ParseError,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { limits, refusedKeys } from './limits.ts';
import type { Located, Path } from './located.ts';
import type { Parsed } from './parse-yaml.ts';
import { type Problem, problemAt, type Source } from './problem.ts';

const PROBLEMS_MAX = 20;

/** Reads JSON with `//` and `/* … *\/` comments and trailing commas. */
export function parseJsonc(source: Source): Parsed {
  const deepAt = tooDeepAt(source.text);
  if (deepAt !== null)
    return refuse(source, deepAt, `nested deeper than ${limits.depthMax} levels.`);
  const errors: ParseError[] = [];
  const options = { disallowComments: false, allowTrailingComma: true };
  const tree = parseTree(source.text, errors, options);
  if (errors.length > 0) {
    const problems = errors.slice(0, PROBLEMS_MAX).map(({ error, offset }) => {
      const name = printParseErrorCode(error)
        .replaceAll(/(?<=[a-z])(?=[A-Z])/gu, ' ')
        .toLowerCase();
      return problemAt(source, offset, [], `is no valid JSON: ${name}.`);
    });
    return { problems };
  }
  if (tree === undefined) return refuse(source, 0, 'is empty; a JSON object is expected.');
  const walker = new JsonWalker(source);
  const root = walker.locate(tree, tree.offset, []);
  return walker.isCut ? { problems: walker.problems } : { root, problems: walker.problems };
}

function refuse(source: Source, at: number, message: string): Parsed {
  return { problems: [problemAt(source, at, [], message)] };
}

/** Where the text first nests too deep, found without recursion; `null` if nowhere. */
function tooDeepAt(text: string): number | null {
  let depth = 0;
  for (let at = 0; at < text.length; at++) {
    const letter = text[at];
    if (letter === '"') at = endOfText(text, at);
    else if (letter === '/' && text[at + 1] === '/') at = endAt(text.indexOf('\n', at), text);
    else if (letter === '/' && text[at + 1] === '*') at = endAt(text.indexOf('*/', at + 2), text);
    else if (letter === '{' || letter === '[') depth++;
    else if (letter === '}' || letter === ']') depth--;
    if (depth > limits.depthMax) return at;
  }
  return null;
}

function endAt(found: number, text: string): number {
  return found < 0 ? text.length : found;
}

function endOfText(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '"' || text[at] === '\n') return at;
  }
  return text.length;
}

class JsonWalker {
  readonly problems: Problem[] = [];
  /** True if not everything was walked: what `locate` gave is not complete. */
  isCut = false;
  readonly #source: Source;
  #valueCount = 0;

  constructor(source: Source) {
    this.#source = source;
  }

  locate(node: Node, keyAt: number, path: Path): Located {
    const at = node.offset;
    if (++this.#valueCount > limits.valueCountMax) {
      if (!this.isCut) this.#refuse(at, path, 'too many values in one file.');
      this.isCut = true;
      return { kind: 'scalar', value: null, quoted: true, at, keyAt };
    }
    if (node.type === 'object') return this.#map(node, keyAt, path);
    if (node.type === 'array') {
      const items = (node.children ?? []).map((child, index) =>
        this.locate(child, child.offset, [...path, index]),
      );
      return { kind: 'list', items, at, keyAt };
    }
    const value = getNodeValue(node) as string | number | boolean | null;
    return { kind: 'scalar', value, quoted: typeof value === 'string', at, keyAt };
  }

  #map(node: Node, keyAt: number, path: Path): Located {
    const entries = new Map<string, Located>();
    for (const property of node.children ?? []) {
      const [keyNode, valueNode] = property.children ?? [];
      if (keyNode === undefined || valueNode === undefined) continue;
      const key = String(keyNode.value);
      const place = [...path, key];
      if (entries.has(key)) {
        this.#refuse(keyNode.offset, place, 'stands here twice; keep one of them.');
      } else if (refusedKeys.has(key)) {
        this.#refuse(keyNode.offset, place, 'is refused as a key.');
      } else {
        entries.set(key, this.locate(valueNode, keyNode.offset, place));
      }
    }
    return { kind: 'map', entries, at: node.offset, keyAt };
  }

  #refuse(at: number, path: Path, message: string): void {
    if (this.problems.length >= PROBLEMS_MAX) return;
    this.problems.push(problemAt(this.#source, at, path, message));
  }
}

const DEPTH_MAX = 8;
const CHARACTERS_MAX = 2_000;

/**
 * A text that is the same for two values exactly if nothing can tell them apart: plain objects
 * with the same keys in the same order, lists, texts, numbers, truth values. `null` for
 * anything else (dates, objects of a class, cycles) and for what is too large to be worth it.
 */
export function alikeText(value: unknown): string | null {
  const text = textOf(value, 0);
  return text === null || text.length > CHARACTERS_MAX ? null : text;
}

function textOf(value: unknown, depth: number): string | null {
  switch (typeof value) {
    case 'string':
      // With its length no text can look like the beginning of something else.
      return `${value.length}:${value}`;
    case 'number':
      return `n${value};`;
    case 'boolean':
      return value ? 't' : 'f';
    case 'undefined':
      return 'u';
    case 'object':
      if (value === null) return '0';
      if (depth === DEPTH_MAX) return null;
      return Array.isArray(value) ? listText(value, depth) : objectText(value, depth);
    default:
      return null;
  }
}

function listText(list: readonly unknown[], depth: number): string | null {
  // Holes and further properties would not be seen.
  if (list.length > CHARACTERS_MAX || Object.keys(list).length !== list.length) return null;
  let text = '[';
  for (const item of list) {
    const part = textOf(item, depth + 1);
    if (part === null || text.length > CHARACTERS_MAX) return null;
    text += part;
  }
  return `${text}]`;
}

function objectText(object: object, depth: number): string | null {
  if (Object.getPrototypeOf(object) !== Object.prototype) return null;
  let text = '{';
  for (const key of Object.keys(object)) {
    const part = textOf((object as Readonly<Record<string, unknown>>)[key], depth + 1);
    if (part === null || text.length > CHARACTERS_MAX) return null;
    text += `${key.length}:${key}${part}`;
  }
  return `${text}}`;
}

/** A value a configuration file can hold; the same as JSON. */
export type ConfigValue =
  | null
  | boolean
  | number
  | string
  | readonly ConfigValue[]
  | { readonly [key: string]: ConfigValue };

/** A value together with the place of its text: what every file format is read into. */
export type Located = LocatedScalar | LocatedList | LocatedMap;

interface Place {
  /** Offset of the value's first character. */
  readonly at: number;
  /** Offset of the key it belongs to; for members of lists the value's own. */
  readonly keyAt: number;
}

export interface LocatedScalar extends Place {
  readonly kind: 'scalar';
  readonly value: null | boolean | number | string;
  /** True if quotes or a block mark the value as text. */
  readonly quoted: boolean;
}

export interface LocatedList extends Place {
  readonly kind: 'list';
  readonly items: readonly Located[];
}

export interface LocatedMap extends Place {
  readonly kind: 'map';
  readonly entries: ReadonlyMap<string, Located>;
}

export type Path = readonly (string | number)[];

/** The plain value. Maps become objects without a prototype: no key means more than itself. */
export function plainValue(node: Located): ConfigValue {
  if (node.kind === 'scalar') return node.value;
  if (node.kind === 'list') return node.items.map(plainValue);
  const object: Record<string, ConfigValue> = Object.create(null);
  for (const [key, member] of node.entries) object[key] = plainValue(member);
  return object;
}

/** The member of a map; `null` if there is none, or no map. */
export function memberOf(node: Located, key: string): Located | null {
  return node.kind === 'map' ? (node.entries.get(key) ?? null) : null;
}

/** The node at `path`, or the nearest one above it that exists. */
export function nearest(root: Located, path: Path): { node: Located; exact: boolean } {
  let node = root;
  for (const step of path) {
    const child = childOf(node, step);
    if (child === undefined) return { node, exact: false };
    node = child;
  }
  return { node, exact: true };
}

function childOf(node: Located, step: string | number): Located | undefined {
  if (node.kind === 'map') return node.entries.get(String(step));
  if (node.kind === 'list' && typeof step === 'number') return node.items[step];
  return undefined;
}

/** `jobs.backup.retry`, with keys quoted that hold dots or spaces. */
export function formatPath(path: Path): string {
  return path
    .map((step) => {
      const text = String(step);
      return /^[^\s.'"]+$/u.test(text) ? text : JSON.stringify(text);
    })
    .join('.');
}

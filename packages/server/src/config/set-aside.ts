import type { z } from 'zod';
import type { Located, LocatedMap, Path } from './located.ts';
import { childSchemas, describesMembers, schemasAt } from './schema-walk.ts';

/** A file without the keys that its schema does not know, and the places of these. */
export interface SetAside {
  readonly root: Located;
  readonly unknown: readonly Path[];
}

/**
 * Takes the keys out of a file that its schema does not know, at every depth, in the order of
 * the file. Values of known keys are left as they are, right or wrong. Pure; linear.
 */
export function setAsideUnknown(root: Located, schema: z.ZodType): SetAside {
  const unknown: Path[] = [];

  const walk = (node: Located, schemas: readonly z.ZodType[], path: Path): Located => {
    if (node.kind === 'scalar') return node;
    if (node.kind === 'list') {
      const items = node.items.map((item, index) =>
        walk(item, childSchemas(schemas, index), [...path, index]),
      );
      return { ...node, items };
    }
    return describesMembers(schemas) ? known(node, schemas, path) : node;
  };

  const known = (node: LocatedMap, schemas: readonly z.ZodType[], path: Path): Located => {
    const entries = new Map<string, Located>();
    for (const [key, member] of node.entries) {
      const place = [...path, key];
      const below = childSchemas(schemas, key);
      if (below.length === 0) unknown.push(place);
      else entries.set(key, walk(member, below, place));
    }
    return { ...node, entries };
  };

  return { root: walk(root, schemasAt(schema, []), []), unknown };
}

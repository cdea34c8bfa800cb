import type { z } from 'zod';
import type { Path } from './located.ts';

/** Only the parts of a schema's definition that are read here. */
type Definition = {
  readonly type: string;
  readonly shape?: Readonly<Record<string, z.ZodType>>;
  readonly innerType?: z.ZodType;
  readonly element?: z.ZodType;
  readonly valueType?: z.ZodType;
  readonly options?: readonly z.ZodType[];
  readonly entries?: Readonly<Record<string, string>>;
  readonly values?: readonly unknown[];
  readonly defaultValue?: unknown;
};

export function definitionOf(schema: z.ZodType): Definition {
  return schema.def as unknown as Definition;
}

/** The schema without `optional` and `default` around it, and the default if there is one. */
export function unwrap(schema: z.ZodType): { schema: z.ZodType; fallback: unknown } {
  let inner = schema;
  let fallback: unknown;
  for (;;) {
    const definition = definitionOf(inner);
    if (definition.innerType === undefined) return { schema: inner, fallback };
    if (definition.type === 'default') fallback = definition.defaultValue;
    inner = definition.innerType;
  }
}

/** All schemas that may describe the value at `path` (several where there are unions). */
export function schemasAt(root: z.ZodType, path: Path): readonly z.ZodType[] {
  return path.reduce(childSchemas, branches(root));
}

/** All schemas that may describe the member `step` of a value that one of `schemas` describes. */
export function childSchemas(
  schemas: readonly z.ZodType[],
  step: string | number,
): readonly z.ZodType[] {
  return schemas.flatMap((schema) => {
    const child = childSchema(definitionOf(schema), step);
    return child === undefined ? [] : branches(child);
  });
}

function childSchema(definition: Definition, step: string | number): z.ZodType | undefined {
  const { shape, element, valueType } = definition;
  if (typeof step === 'number') return element;
  if (shape === undefined) return valueType;
  return Object.hasOwn(shape, step) ? shape[step] : undefined;
}

/** True if one of `schemas` says which members a map has. */
export function describesMembers(schemas: readonly z.ZodType[]): boolean {
  return schemas.some((schema) => {
    const { shape, valueType } = definitionOf(schema);
    return shape !== undefined || valueType !== undefined;
  });
}

function branches(schema: z.ZodType): readonly z.ZodType[] {
  const inner = unwrap(schema).schema;
  const options = definitionOf(inner).options;
  return options === undefined ? [inner] : options.flatMap(branches);
}

/** The keys that an object at `path` may have; empty where any are allowed. */
export function keysAt(root: z.ZodType, path: Path): readonly string[] {
  const keys = schemasAt(root, path).flatMap((schema) =>
    Object.keys(definitionOf(schema).shape ?? {}),
  );
  return [...new Set(keys)];
}

/** What may stand here, in a few words: `text`, `"a" | "b"`, `a list of text`. */
export function typeText(schema: z.ZodType): string {
  const { schema: inner } = unwrap(schema);
  const definition = definitionOf(inner);
  if (definition.options !== undefined) {
    return [...new Set(definition.options.map(typeText))].join(' or ');
  }
  if (definition.entries !== undefined) return Object.values(definition.entries).join(' | ');
  if (definition.values !== undefined) return definition.values.map(String).join(' | ');
  if (definition.element !== undefined) return `a list of ${typeText(definition.element)}`;
  return TYPE_WORDS[definition.type] ?? definition.type;
}

const TYPE_WORDS: Readonly<Record<string, string>> = {
  string: 'text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true | false',
  object: 'a map',
  record: 'a map',
  array: 'a list',
  unknown: 'any value',
  null: 'nothing',
};

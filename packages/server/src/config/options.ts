import type { z } from 'zod';
import { configSchema } from './schema.ts';
import { definitionOf, typeText, unwrap } from './schema-walk.ts';

/** One option of `tickwork.yaml`. */
export interface ConfigOption {
  /** `log.level`; `jobs.<name>.every`; `tasks[].module`. */
  readonly path: string;
  /** What may stand there, in a few words. */
  readonly type: string;
  /** The value where the file says nothing; `undefined` = none. */
  readonly fallback: unknown;
  readonly text: string;
}

/** Every option, in the order of the file. `docs/reference/config.md` prints the same list. */
export function configOptions(): readonly ConfigOption[] {
  const options: ConfigOption[] = [];
  collect(configSchema, '', options);
  return options;
}

function collect(schema: z.ZodType, path: string, options: ConfigOption[]): void {
  const definition = definitionOf(unwrap(schema).schema);
  if (definition.options !== undefined) {
    for (const option of definition.options) collect(option, path, options);
    return;
  }
  for (const [key, member] of Object.entries(definition.shape ?? {})) {
    const place = path === '' ? key : `${path}.${key}`;
    const { fallback } = unwrap(member);
    options.push({ path: place, type: typeText(member), fallback, text: textOf(member) });
    collect(member, place, options);
  }
  if (definition.element !== undefined) collect(definition.element, `${path}[]`, options);
  if (definition.valueType !== undefined) collect(definition.valueType, `${path}.<name>`, options);
}

function textOf(schema: z.ZodType): string {
  return schema.description ?? unwrap(schema).schema.description ?? '';
}

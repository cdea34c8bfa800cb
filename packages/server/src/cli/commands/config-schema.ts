import { jsonSchema } from '../../config/json-schema.ts';
import type { CommandContext } from '../command.ts';

/** The JSON Schema of `tickwork.yaml`. It is data, so it is printed with and without --json. */
export async function run(context: CommandContext): Promise<undefined> {
  const schema = jsonSchema();
  if (context.out.json) context.out.object(schema);
  else context.out.data(`${JSON.stringify(schema, null, 2)}\n`);
  return undefined;
}

import { z } from 'zod';
import { configSchema } from './schema.ts';

/** What editors need to check and complete `tickwork.yaml`. */
export function jsonSchema(): object {
  const schema = z.toJSONSchema(configSchema, { io: 'input' });
  return { title: 'tickwork.yaml', ...schema };
}

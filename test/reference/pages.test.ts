import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { jsonSchema } from '../../packages/server/src/config/json-schema.ts';
import { referencePages } from './pages.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

describe('what is made from the code is up to date (npm run reference)', () => {
  it.each([...referencePages()])('%s', (path, text) => {
    expect(readFileSync(join(root, path), 'utf8')).toBe(text);
  });

  it('the JSON Schema beside the example', () => {
    const path = join(root, 'examples/quickstart/tickwork.schema.json');
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(jsonSchema())),
    );
  });
});

import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { conformancePage, PAGE } from './conformance-page.ts';
import { runVectors } from './run-vectors.ts';
import { readVectors } from './vector-file.ts';

/** Writes the reference page that `vectors.test.ts` compares. */
const files = readVectors();
const page = conformancePage(files, runVectors(files));
writeFileSync(join(import.meta.dirname, '../..', PAGE), page);
process.stdout.write(page);

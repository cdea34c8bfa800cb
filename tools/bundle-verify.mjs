// Bundles the checker of histories into the service: `packages/verify` is private, and users get
// of it only the command `tickwork verify`. Run after the compiler; does nothing if that wrote
// nothing new.

import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const packages = join(fileURLToPath(new URL('.', import.meta.url)), '..', 'packages');
const bundleFile = join(packages, 'server', 'dist', 'verify.js');

function isFresh() {
  const writtenAt = (path) => (existsSync(path) ? statSync(path).mtimeMs : 0);
  const compiled = ['tickwork', 'verify'].map((name) =>
    writtenAt(join(packages, name, 'dist', '.tsbuildinfo')),
  );
  return writtenAt(bundleFile) > Math.max(...compiled);
}

if (!isFresh()) {
  const { rolldown } = await import('rolldown');
  const bundle = await rolldown({
    input: join(packages, 'verify', 'src', 'index.ts'),
    platform: 'node',
    resolve: { conditionNames: ['tickwork-src', 'import', 'node', 'default'] },
  });
  await bundle.write({ file: bundleFile, format: 'esm' });
  await bundle.close();
}

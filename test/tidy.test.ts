import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { describe, expect, test } from 'vitest';
import { parsedProblems } from './tidy/biome-rules.ts';
import { codeOf } from './tidy/code-text.ts';
import { importCircles } from './tidy/import-circles.ts';
import { type AllowedPackages, importProblems } from './tidy/import-rules.ts';
import { projectFiles, root } from './tidy/project-files.ts';
import { catalogueProblems, mapPaths, missingPaths, readPage } from './tidy/reference-pages.ts';
import {
  ambientProblems,
  localProblems,
  sizeProblems,
  unfinishedProblems,
} from './tidy/text-rules.ts';

/** The rules of the project that a machine can check. The rules themselves are in `tidy/`. */

function declaredPackages(): AllowedPackages {
  const read = (path: string): string[] => {
    const manifest = JSON.parse(readFileSync(join(root, path), 'utf8'));
    const { dependencies = {}, devDependencies = {}, peerDependencies = {} } = manifest;
    return Object.keys({ ...dependencies, ...devDependencies, ...peerDependencies });
  };
  return {
    library: read('packages/tickwork/package.json'),
    server: read('packages/server/package.json'),
    verify: read('packages/verify/package.json'),
    tests: read('package.json'),
  };
}

const sources = projectFiles(/^packages\/[^/]+\/src\/.*\.ts$/);
const scripts = projectFiles(/^(?:packages|test|bench|tools|examples)\/.*\.(?:ts|mjs|js)$/);
const everything = projectFiles(
  /^(?!package-lock).*\.(?:ts|mjs|js|json|ya?ml|md|sh)$|^\.ci\/|^bin\//,
);

describe('every source file', () => {
  test('exists', () => {
    expect(sources.length).toBeGreaterThan(20);
    expect(scripts.length).toBeGreaterThan(sources.length);
  });

  test('is read correctly: what is left of it balances', () => {
    const count = (text: string, bracket: string) => text.split(bracket).length;
    const broken = scripts.filter(({ text }) =>
      ['{}', '()', '[]'].some(
        ([open = '', close = '']) => count(codeOf(text), open) !== count(codeOf(text), close),
      ),
    );
    expect(broken.map((file) => file.path)).toEqual([]);
  });

  test('imports only what its part may know', () => {
    const allowed = declaredPackages();
    expect(sources.flatMap((file) => importProblems(file, allowed))).toEqual([]);
  });

  test('is free of import circles', () => {
    expect(importCircles(sources)).toEqual([]);
  });

  test('of the core is free of ambient time, chance and input', () => {
    expect(sources.flatMap(ambientProblems)).toEqual([]);
  });

  test('is small', () => {
    expect(scripts.flatMap(sizeProblems)).toEqual([]);
  });

  test('is finished', () => {
    expect(scripts.flatMap(unfinishedProblems)).toEqual([]);
  });

  test('has short functions and none of the forbidden constructs', () => {
    expect(parsedProblems(['packages', 'test', 'tools'])).toEqual([]);
  });
});

test('no file names a machine of ours', () => {
  expect(everything.flatMap(localProblems)).toEqual([]);
});

interface Catalogue {
  readonly page: string;
  readonly source: string;
  /** The names that the module promises. */
  readonly names: (module: Record<string, unknown>) => readonly string[];
}

const keysOf = (value: unknown): string[] => Object.keys(value as object);

const catalogues: readonly Catalogue[] = [
  {
    page: 'docs/reference/errors.md',
    source: 'packages/tickwork/src/core/base/errors.ts',
    names: ({ errorCatalogue }) => keysOf(errorCatalogue),
  },
  {
    page: 'docs/reference/events.md',
    source: 'packages/tickwork/src/core/events/catalogue.ts',
    names: ({ eventCatalogue }) => keysOf(eventCatalogue),
  },
  {
    page: 'docs/reference/config.md',
    source: 'packages/server/src/config/options.ts',
    names: ({ configOptions }) =>
      (configOptions as () => { path: string }[])().map(({ path }) => path),
  },
  {
    page: 'docs/reference/cli.md',
    source: 'packages/server/src/cli/catalogue.ts',
    names: ({ commandCatalogue }) =>
      (commandCatalogue as { path: string }[]).map(({ path }) => path),
  },
];

describe('the reference pages agree with the code', () => {
  const ready = catalogues.filter(({ page, source }) =>
    [page, source].every((path) => existsSync(join(root, path))),
  );
  for (const { page, source, names } of ready) {
    test(page, async () => {
      const module = await import(pathToFileURL(join(root, source)).href);
      const expected = names(module);
      expect(expected.length).toBeGreaterThan(0);
      expect(catalogueProblems(expected, readPage(page))).toEqual([]);
    });
  }
  test('each is read the same way', () => expect(ready.length).toBeLessThanOrEqual(4));
});

if (existsSync(join(root, 'ARCHITECTURE.md'))) {
  test('the map in ARCHITECTURE.md names only what exists', () => {
    const paths = mapPaths(readPage('ARCHITECTURE.md').text);
    expect(paths.length).toBeGreaterThan(5);
    expect(missingPaths(paths)).toEqual([]);
  });
}

import { posix } from 'node:path';
import { importsOf } from './code-text.ts';
import type { ProjectFile } from './project-files.ts';

/**
 * Files that import each other, directly or through others, type-only imports included: two such
 * files can only be understood together. Depth-first search; every file is entered once, and an
 * import of a file that is still open closes a circle.
 */
export function importCircles(files: readonly ProjectFile[]): string[] {
  const imports = new Map(files.map((file) => [file.path, relativeImports(file)]));
  const state = new Map<string, 'open' | 'done'>();
  const circles: string[] = [];

  const visit = (path: string, trail: readonly string[]): void => {
    state.set(path, 'open');
    for (const next of imports.get(path) ?? []) {
      if (state.get(next) === 'open') {
        circles.push([...trail.slice(trail.indexOf(next)), next].join(' → '));
      } else if (imports.has(next) && !state.has(next)) {
        visit(next, [...trail, next]);
      }
    }
    state.set(path, 'done');
  };

  for (const { path } of files) if (!state.has(path)) visit(path, [path]);
  return circles;
}

function relativeImports({ path, text }: ProjectFile): string[] {
  return importsOf(text)
    .filter(({ specifier }) => specifier.startsWith('.'))
    .map(({ specifier }) => posix.normalize(posix.join(posix.dirname(path), specifier)));
}

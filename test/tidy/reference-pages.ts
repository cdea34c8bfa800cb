import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ProjectFile, root } from './project-files.ts';

/**
 * A reference page names each entry of its catalogue once, in a code span that opens a heading
 * or the first cell of a table row:  `## \`NAME\``  or  `| \`NAME\` | … |`.
 */
export function namesOnPage(markdown: string): string[] {
  const found = markdown.matchAll(/^(?:#{2,4} |\|\s*)`([^`\n]+)`/gm);
  return [...found].map((match) => match[1] ?? '');
}

/** One line per name that only one side has, or that the page has twice. */
export function catalogueProblems(names: readonly string[], page: ProjectFile): string[] {
  const written = namesOnPage(page.text);
  return [
    ...names.filter((name) => !written.includes(name)).map((name) => `${page.path} lacks ${name}`),
    ...written
      .filter((name) => !names.includes(name))
      .map((name) => `${page.path} describes ${name}, which does not exist`),
    ...written
      .filter((name, index) => written.indexOf(name) !== index)
      .map((name) => `${page.path} describes ${name} twice`),
  ];
}

export function readPage(path: string): ProjectFile {
  return { path, text: readFileSync(join(root, path), 'utf8') };
}

/**
 * The paths of the table below the heading "Where is …": code spans with a slash or a file
 * ending, up to the next heading.
 */
export function mapPaths(architecture: string): string[] {
  const section = /^#{1,4} where is[^\n]*\n([\s\S]*?)(?=^#{1,4} |$(?![\s\S]))/im.exec(architecture);
  const rows = (section?.[1] ?? '').split('\n').filter((line) => line.startsWith('|'));
  const spans = rows.flatMap((row) => [...row.matchAll(/`([^`]+)`/g)].map((span) => span[1] ?? ''));
  return spans.filter((span) =>
    /^[\w.@-]+(?:\/[\w.@*-]*)+$|^[\w-]+\.(?:ts|md|json|mjs)$/.test(span),
  );
}

export function missingPaths(paths: readonly string[]): string[] {
  return paths.filter((path) => !existsSync(join(root, path)));
}

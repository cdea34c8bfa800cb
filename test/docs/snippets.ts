import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

export const root = fileURLToPath(new URL('../..', import.meta.url));

/** A fenced block of a page. */
export interface Snippet {
  readonly language: string;
  readonly text: string;
  /** `README.md:31`, the line of its first fence. */
  readonly place: string;
}

/** The pages whose examples must run. */
export function pages(): readonly string[] {
  const guides = readdirSync(join(root, 'docs/guides')).map((name) => `docs/guides/${name}`);
  return ['README.md', 'README.zh-CN.md', ...guides.sort()];
}

export function snippetsOf(page: string): readonly Snippet[] {
  const lines = readFileSync(join(root, page), 'utf8').split('\n');
  const snippets: Snippet[] = [];
  for (let at = 0; at < lines.length; at++) {
    const language = /^```(?<language>\w+)$/u.exec(lines[at] ?? '')?.groups?.language;
    if (language === undefined) continue;
    const end = lines.indexOf('```', at + 1);
    const text = lines.slice(at + 1, end).join('\n');
    snippets.push({ language, text, place: `${page}:${at + 1}` });
    at = end;
  }
  return snippets;
}

/**
 * Blanks what is not code, so that a rule can search with a plain expression and no word of a
 * comment or a message misleads it. One pass with a stack of open template literals; a slash
 * opens a regular expression where a value cannot have ended just before it.
 */

/** Before these, a slash divides; before anything else it opens a regular expression. */
const valueEnd = /(?:[\w$)\]}]|\+\+|--)$/;
const wordBeforeRegExp =
  /(?:^|[^.\w$])(?:return|typeof|case|in|of|do|else|void|delete|await|yield)$/;

function blank(text: string): string {
  return text.replace(/[^\n]/g, ' ');
}

function regExpEnd(text: string, start: number): number {
  let inClass = false;
  for (let at = start + 1; at < text.length; at++) {
    const char = text[at];
    if (char === '\\') at++;
    else if (char === '[') inClass = true;
    else if (char === ']') inClass = false;
    else if (char === '/' && !inClass) return at + 1;
    else if (char === '\n') return start + 1;
  }
  return text.length;
}

function quoteEnd(text: string, start: number): number {
  const quote = text[start];
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === quote) return at + 1;
    else if (text[at] === '\n') return at;
  }
  return text.length;
}

/** From a backtick or the closing brace of a substitution to the next `${` or the backtick. */
function templatePartEnd(text: string, start: number): number {
  for (let at = start + 1; at < text.length; at++) {
    if (text[at] === '\\') at++;
    else if (text[at] === '`') return at + 1;
    else if (text.startsWith('${', at)) return at + 2;
  }
  return text.length;
}

function commentEnd(text: string, start: number): number {
  const close = text[start + 1] === '/' ? '\n' : '*/';
  const end = text.indexOf(close, start + 2);
  if (end < 0) return text.length;
  return close === '\n' ? end : end + 2;
}

/**
 * The same text with comments, regular expressions and the contents of strings and templates
 * replaced by spaces. Quotes, braces and line ends stay where they are, so an index into the
 * result is an index into the source.
 */
export function codeOf(text: string): string {
  const known = codeByText.get(text);
  if (known !== undefined) return known;
  const code = scan(text);
  codeByText.set(text, code);
  return code;
}

/** Several rules read each file. */
const codeByText = new Map<string, string>();

function scan(text: string): string {
  let code = '';
  const braces: ('template' | 'block')[] = [];
  const take = (end: number, keep: number): void => {
    const part = text.slice(code.length, end);
    const inner = part.length - 2 * keep;
    code += part.slice(0, keep) + blank(part.slice(keep, keep + inner)) + part.slice(keep + inner);
  };
  const takeTemplate = (): void => {
    const start = code.length;
    const end = templatePartEnd(text, start);
    const opens = text.slice(end - 2, end) === '${';
    code += text[start] + blank(text.slice(start + 1, end - 1)) + (text[end - 1] ?? '');
    if (opens) braces.push('template');
  };
  while (code.length < text.length) {
    const at = code.length;
    const char = text[at];
    const next = text[at + 1];
    if (char === '/' && (next === '/' || next === '*')) take(commentEnd(text, at), 0);
    else if (char === "'" || char === '"') take(quoteEnd(text, at), 1);
    else if (char === '`') takeTemplate();
    else if (char === '}' && braces.pop() === 'template') takeTemplate();
    else if (char === '/' && opensRegExp(code)) take(regExpEnd(text, at), 0);
    else {
      if (char === '{') braces.push('block');
      code += char;
    }
  }
  return code;
}

function opensRegExp(codeBefore: string): boolean {
  const before = codeBefore.slice(-200).trimEnd();
  return !valueEnd.test(before) || wordBeforeRegExp.test(before);
}

/** 1-based line of an index. */
export function lineAt(text: string, index: number): number {
  return text.slice(0, index).split('\n').length;
}

/** The module names that a file imports, re-exports or loads, with their lines. */
export function importsOf(text: string): { specifier: string; line: number }[] {
  const code = codeOf(text);
  const found = code.matchAll(/(?<![.\w$])(?:from|import)\s*\(?\s*(['"])( *)\1/g);
  return [...found].map((match) => {
    const end = match.index + match[0].length - 1;
    const specifier = text.slice(end - (match[2] ?? '').length, end);
    return { specifier, line: lineAt(text, match.index) };
  });
}

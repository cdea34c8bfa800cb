import { formatPath, type Path } from './located.ts';

/** Shorter values are no secrets, and to hide them wherever they stand would garble messages. */
const CHARACTERS_MIN = 4;

/** What a file has from the environment, so that no message shows it. */
export class Secrets {
  readonly #written: ReadonlyMap<string, string>;
  readonly #references: ReadonlyMap<string, string>;
  readonly #pattern: RegExp | null;
  readonly #above = new Set<string>();

  /**
   * `written`: the text in the file of each value that holds something from the environment, by
   * path. `references`: the reference, such as `${NAME}`, by the value that it stands for.
   */
  constructor(written: ReadonlyMap<string, string>, references: ReadonlyMap<string, string>) {
    this.#written = written;
    const forms = [...references]
      .filter(([value]) => value.length >= CHARACTERS_MIN)
      // As it is, and as JSON writes it between quotes.
      .flatMap(([value, reference]) =>
        [value, JSON.stringify(value).slice(1, -1)].map((form) => [form, reference] as const),
      )
      .sort(([a], [b]) => b.length - a.length);
    this.#references = new Map(forms);
    const texts = forms.map(([form]) => RegExp.escape(form));
    this.#pattern = texts.length === 0 ? null : new RegExp(texts.join('|'), 'gu');
    for (const path of written.keys()) {
      for (const above of pathsAbove(path)) this.#above.add(above);
    }
  }

  /** The text in the file of the value at a path; `undefined` = nothing from the environment. */
  writtenAt(path: string): string | undefined {
    return this.#written.get(path);
  }

  /** What to show of the value at a path; `null` = it may be shown as it is. */
  standInAt(path: Path): string | null {
    const place = formatPath(path);
    for (const above of [place, ...pathsAbove(place)]) {
      const written = this.#written.get(above);
      if (written !== undefined) return `the value of ${written}`;
    }
    return this.#above.has(place) ? 'the value' : null;
  }

  /** The text with references in place of the values that they stand for. */
  hide(text: string): string {
    if (this.#pattern === null) return text;
    return text.replaceAll(this.#pattern, (form) => this.#references.get(form) ?? '');
  }

  /** Problems that show no value from the environment. */
  hideIn<P extends { readonly message: string }>(problems: readonly P[]): readonly P[] {
    if (this.#pattern === null) return problems;
    return problems.map((problem) => ({ ...problem, message: this.hide(problem.message) }));
  }
}

/** `a.b` and `a` of `a.b.c`. */
function pathsAbove(path: string): readonly string[] {
  const above: string[] = [];
  for (let end = path.lastIndexOf('.'); end > 0; end = path.lastIndexOf('.', end - 1)) {
    above.push(path.slice(0, end));
  }
  return above;
}

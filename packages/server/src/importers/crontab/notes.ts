const LINES_SHOWN_MAX = 5;

/** Sentences about lines of a crontab; the same sentence about several lines is told once. */
export class Notes {
  readonly #linesOf = new Map<string, number[]>();

  /** `line`: the line it is about; none: the whole file. */
  add(text: string, line?: number): void {
    const lines = this.#linesOf.get(text) ?? [];
    if (line !== undefined) lines.push(line);
    this.#linesOf.set(text, lines);
  }

  /** In the order in which they were added first: `lines 3, 5: …`. */
  list(): readonly string[] {
    return [...this.#linesOf].map(([text, lines]) => {
      if (lines.length === 0) return text;
      const shown = lines.slice(0, LINES_SHOWN_MAX).join(', ');
      const rest = lines.length - LINES_SHOWN_MAX;
      const more = rest > 0 ? ` and ${rest} more` : '';
      return `${lines.length === 1 ? 'line' : 'lines'} ${shown}${more}: ${text}`;
    });
  }
}

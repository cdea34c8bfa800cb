/** Remembers the last line that is not blank, in bounded memory. */
export interface LastLine {
  push(text: string): void;
  /** The line without its LF; `''` if there was none. */
  text(): string;
  /** Whether the line was longer than the bound; `text` is its beginning then. */
  isCut(): boolean;
}

/** `charactersMax`: the longest line that is kept whole. */
export function createLastLine(charactersMax: number): LastLine {
  /** The last complete line that is not blank, and the line that is not complete yet. */
  let last = '';
  let open = '';

  function add(piece: string): void {
    // One character more than the bound shows that the line was longer.
    if (open.length <= charactersMax) open += piece.slice(0, charactersMax + 1 - open.length);
  }

  function close(): void {
    if (open.trim() !== '') last = open;
    open = '';
  }

  function push(text: string): void {
    const end = text.lastIndexOf('\n');
    if (end >= 0) {
      const first = text.indexOf('\n');
      add(text.slice(0, first));
      close();
      // Between the first and the last LF only the last line that is not blank matters.
      for (let to = end, from = end; to > first; to = from) {
        from = text.lastIndexOf('\n', to - 1);
        const line = text.slice(from + 1, to);
        if (line.trim() === '') continue;
        add(line);
        close();
        break;
      }
    }
    add(text.slice(end + 1));
  }

  const current = () => (open.trim() === '' ? last : open);
  return {
    push,
    text: () => current().slice(0, charactersMax),
    isCut: () => current().length > charactersMax,
  };
}

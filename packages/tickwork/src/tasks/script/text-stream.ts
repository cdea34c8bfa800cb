/** Turns the bytes of a process into text, piece by piece. */
export interface TextStream {
  /** The text of the bytes so far, but for what the next bytes may still change. */
  push(bytes: Uint8Array): string;
  /** What was held back. */
  end(): string;
}

/**
 * Reads UTF-8 across the borders of chunks; bytes that are none become U+FFFD, and so does NUL,
 * which not every store can keep. CR LF and a lone CR (progress bars) become LF, so that each
 * state of a progress bar is a line. Escape sequences stay.
 */
export function createTextStream(): TextStream {
  // Without ignoreBOM the decoder would swallow a U+FEFF at the start.
  const decoder = new TextDecoder('utf-8', { ignoreBOM: true });
  let endsWithCr = false;

  function clean(text: string): string {
    if (text === '') return '';
    // A CR at the end was given out as LF already; the LF of the pair must not follow.
    const rest = endsWithCr && text.startsWith('\n') ? text.slice(1) : text;
    endsWithCr = text.endsWith('\r');
    return rest.replace(/\r\n?/g, '\n').replaceAll('\0', '\ufffd');
  }

  return {
    push: (bytes) => clean(decoder.decode(bytes, { stream: true })),
    end: () => clean(decoder.decode()),
  };
}

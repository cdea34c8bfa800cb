import type { OutputChunk } from '../ports/run-store.ts';
import type { Instant } from '../time/instant.ts';

/** Number of characters kept from the start, and from the end, of the output of an attempt. */
export const OUTPUT_CHARACTERS_HEAD = 512 * 1024;
export const OUTPUT_CHARACTERS_TAIL = 512 * 1024;
/** Larger pieces of text are cut before they become chunks. */
const CHUNK_CHARACTERS_MAX = 64 * 1024;
/** Smaller pieces of one stream are joined as long as they wait. */
const CHUNK_CHARACTERS_JOINED = 4 * 1024;

/**
 * The output of one attempt on its way to the store. The head leaves as it comes; what
 * follows goes through a bounded ring, of which the end is kept, with a mark that says how
 * much was left out between. Memory stays below head + tail whatever a task prints.
 */
export class OutputBuffer {
  readonly #attempt: number;
  readonly #ready: OutputChunk[] = [];
  readonly #tail: OutputChunk[] = [];
  #tailCharacters = 0;
  #headCharacters = 0;
  #droppedCharacters = 0;
  #seq = 0;

  constructor(attempt: number) {
    this.#attempt = attempt;
  }

  add(at: Instant, stream: OutputChunk['stream'], text: string): void {
    for (let from = 0; from < text.length; ) {
      const until = cutBefore(text, from + CHUNK_CHARACTERS_MAX);
      this.#addChunk(at, stream, text.slice(from, until));
      from = until;
    }
  }

  /** What may leave now. */
  take(): OutputChunk[] {
    return this.#ready.splice(0);
  }

  /** The attempt has ended: everything that is still kept. */
  finish(at: Instant): OutputChunk[] {
    if (this.#droppedCharacters > 0) {
      const text = `[tickwork: ${this.#droppedCharacters} characters of output left out here]\n`;
      this.#ready.push(this.#chunk(at, 'system', text));
    }
    for (const each of this.#tail.splice(0)) {
      this.#ready.push(this.#chunk(each.at, each.stream, each.text));
    }
    return this.take();
  }

  #addChunk(at: Instant, stream: OutputChunk['stream'], text: string): void {
    if (this.#headCharacters + text.length <= OUTPUT_CHARACTERS_HEAD && this.#tail.length === 0) {
      this.#headCharacters += text.length;
      if (!join(this.#ready, stream, text)) this.#ready.push(this.#chunk(at, stream, text));
      return;
    }
    if (!join(this.#tail, stream, text)) {
      this.#tail.push({ attempt: this.#attempt, seq: 0, at, stream, text });
    }
    this.#tailCharacters += text.length;
    while (this.#tailCharacters > OUTPUT_CHARACTERS_TAIL) this.#dropOldest();
  }

  #dropOldest(): void {
    const oldest = this.#tail.shift();
    const length = oldest?.text.length ?? 0;
    this.#tailCharacters -= length;
    this.#droppedCharacters += length;
  }

  #chunk(at: Instant, stream: OutputChunk['stream'], text: string): OutputChunk {
    return { attempt: this.#attempt, seq: this.#seq++, at, stream, text };
  }
}

/** Where to cut at `index` or just before it, so that no pair of surrogates is parted. */
function cutBefore(text: string, index: number): number {
  if (index >= text.length) return text.length;
  const code = text.charCodeAt(index - 1);
  return code >= 0xd800 && code <= 0xdbff ? index - 1 : index;
}

/** Appends to the last chunk if it is of the same stream and small. */
function join(chunks: OutputChunk[], stream: OutputChunk['stream'], text: string): boolean {
  const last = chunks.at(-1);
  if (last === undefined || last.stream !== stream) return false;
  if (last.text.length + text.length > CHUNK_CHARACTERS_JOINED) return false;
  chunks[chunks.length - 1] = { ...last, text: last.text + text };
  return true;
}

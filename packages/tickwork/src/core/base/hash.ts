/**
 * A stable 32-bit hash of text (FNV-1a over UTF-16 code units with a final
 * avalanche), for spreading: it decides `H` fields, jitter and random lengths,
 * so it never changes between versions. Not for security.
 */
export function stableHash(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    hash = Math.imul(hash ^ (unit & 0xff), 0x01000193);
    hash = Math.imul(hash ^ (unit >>> 8), 0x01000193);
  }
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}

/** A stable fraction in [0, 1) with 53 bits, made of two hashes of `text`. */
export function stableFraction(text: string): number {
  const high = stableHash(text) >>> 5;
  const low = stableHash(`${text}#`) >>> 6;
  return (high * 0x4000000 + low) / 0x20000000000000;
}

/**
 * Control characters (C0, DEL, C1), line and paragraph separators, what changes the direction of
 * text (Unicode's Bidi_Control: embeddings, overrides, isolates, marks), and lone surrogates.
 */
const UNSAFE = /[\p{Cc}\p{Zl}\p{Zp}\p{Bidi_C}\p{Cs}]/gu;

/**
 * Text as one line that is safe for terminals and logs: characters that move the cursor, set a
 * window's title, reorder what is read or begin another line become escapes of JSON, as `\u001b`
 * and `\n`. In a text that is JSON already they keep its meaning. Applied twice it changes nothing.
 *
 * @example
 * printable('done\u001b]0;owned\u0007'); // 'done\\u001b]0;owned\\u0007'
 */
export function printable(text: string): string {
  return text.replace(UNSAFE, (character) => {
    if (character === '\n') return '\\n';
    if (character === '\t') return '\\t';
    return `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`;
  });
}

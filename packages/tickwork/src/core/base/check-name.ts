/** The longest name of a job, calendar, pool, tag or task. */
export const NAME_CHARACTERS_MAX = 200;

/**
 * What is wrong with a name, and what to do; `null` = nothing. Names are compared byte by byte,
 * so that what looks the same must be the same: half a character would be kept as another one,
 * and `é` must not be a letter of its own in one name and `e` with an accent in the next.
 */
export function nameProblem(
  name: unknown,
): { readonly reason: string; readonly remedy: string } | null {
  if (typeof name !== 'string' || name.length < 1 || name.length > NAME_CHARACTERS_MAX) {
    const reason = `must have 1 to ${NAME_CHARACTERS_MAX} characters.`;
    return { reason, remedy: 'Write a short name.' };
  }
  if (name.trim() !== name) return { reason: 'has space at an end.', remedy: 'Remove it.' };
  // They would break lines of logs and tables.
  if (/\p{Cc}/u.test(name)) return { reason: 'has a control character.', remedy: 'Remove it.' };
  if (!name.isWellFormed()) {
    return { reason: 'has half a character (a lone surrogate).', remedy: 'Remove it.' };
  }
  const composed = name.normalize('NFC');
  if (composed === name) return null;
  return {
    reason: 'is not in the Unicode form NFC and would look like another name.',
    remedy: `Write ${escaped(composed)}.`,
  };
}

/** With escapes for what a reader cannot tell apart. */
function escaped(name: string): string {
  const text = JSON.stringify(name);
  return text.replaceAll(/[^\x20-\x7e]/gu, (letter) => {
    const code = letter.codePointAt(0) ?? 0;
    return code > 0xffff ? letter : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}
